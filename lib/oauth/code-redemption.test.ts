import { randomBytes } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { db } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { REDIRECT_URI, testAuthorizationServer, tokenClaims } from "#test/authorization-server.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { sendRpc } from "#test/gateway.ts";
import { artifactAdapter } from "./artifact-adapter.ts";
import { secretHash } from "./secret-hash.ts";

testDatabase();
const server = testAuthorizationServer();
let clientId = "";
let userId = "";

const register = async (metadata: Record<string, unknown> = {}) =>
  (await server.register({ client_name: newId(), ...metadata })).json;

beforeAll(async () => {
  clientId = (await register()).client_id;
  userId = (await insertUser()).id;
});

const invalidGrant = { status: 400, json: { error: "invalid_grant" } };
const isTaken = async (token: string) => (await sendRpc(server.url(), token, "tools/list")).status === 200;
const codeRow = (code: string) => ({ model_idHash: { model: "AuthorizationCode", idHash: secretHash(code) } });

describe("a code is bound", () => {
  test.each([
    ["another verifier", { code_verifier: randomBytes(32).toString("base64url") }],
    ["an empty verifier", { code_verifier: "" }],
    ["another redirect URI", { redirect_uri: "http://127.0.0.1/other" }],
    ["the redirect URI with another port", { redirect_uri: "http://127.0.0.1:5000/callback" }],
    ["the redirect URI on localhost", { redirect_uri: "http://localhost/callback" }],
    ["the redirect URI with a slash", { redirect_uri: `${REDIRECT_URI}/` }],
  ])(
    "AUT-06 AUT-19 TOK-05 attack 11 attack 12: with %s it is invalid_grant, and stays good for its client",
    async (_name, more) => {
      const { code, verifier } = await server.authorize({ clientId, userId });
      expect(await server.exchange(clientId, code, verifier, more)).toMatchObject(invalidGrant);
      expect((await server.exchange(clientId, code, verifier)).status).toBe(200);
    },
  );

  test("AUT-06 attack 12: the challenge itself is no verifier, nor is a shortened or malformed one", async () => {
    const { code, verifier } = await server.authorize({ clientId, userId });
    const wrong = [verifier.slice(0, -1), `${verifier}A`, verifier.toLowerCase(), "x", "=".repeat(43), "a".repeat(129)];
    for (const code_verifier of wrong) {
      const { status, json } = await server.exchange(clientId, code, verifier, { code_verifier });
      expect([code_verifier, status]).toEqual([code_verifier, 400]);
      expect(["invalid_grant", "invalid_request"]).toContain((json as unknown as { error: string }).error);
    }
    expect((await server.exchange(clientId, code, verifier)).status).toBe(200);
  });

  test("AUT-06 attack 12: a client with a secret needs the verifier all the same", async () => {
    const { client_id, client_secret = "" } = await register({ token_endpoint_auth_method: "client_secret_post" });
    const { code, verifier } = await server.authorize({ clientId: client_id, userId });
    for (const code_verifier of ["", randomBytes(32).toString("base64url")]) {
      expect(await server.exchange(client_id, code, verifier, { client_secret, code_verifier })).toMatchObject(
        invalidGrant,
      );
    }
    expect((await server.exchange(client_id, code, verifier, { client_secret })).status).toBe(200);
  });

  test("AUT-19 TOK-05: another client cannot redeem it, and does not use it up", async () => {
    const { code, verifier } = await server.authorize({ clientId, userId });
    const other = (await register()).client_id;
    expect(await server.exchange(other, code, verifier)).toMatchObject(invalidGrant);
    expect((await server.exchange(clientId, code, verifier)).status).toBe(200);
  });

  test("AUT-19 TOK-05: it lives for a minute at most, and a code that nobody made is the same as one that is over", async () => {
    const { code, verifier } = await server.authorize({ clientId, userId });
    const { expiresAt } = await db().oAuthArtifact.findUniqueOrThrow({ where: codeRow(code) });
    expect(expiresAt.getTime() - Date.now()).toBeLessThanOrEqual(60_000);
    await db().oAuthArtifact.update({ where: codeRow(code), data: { expiresAt: new Date() } });
    const over = await server.exchange(clientId, code, verifier);
    const unknown = await server.exchange(clientId, randomBytes(32).toString("base64url"), verifier);
    expect(over).toMatchObject(invalidGrant);
    expect(over.text).toBe(unknown.text);
  });
});

describe("a code is used once", () => {
  test("AUT-20 attack 13: a replay is invalid_grant, and the tokens of its first use stop working, with an audit row", async () => {
    const { code, verifier } = await server.authorize({ clientId, userId });
    const first = (await server.exchange(clientId, code, verifier)).json;
    expect(await isTaken(first.access_token)).toBe(true);
    expect(await server.exchange(clientId, code, verifier)).toMatchObject(invalidGrant);
    expect(await isTaken(first.access_token)).toBe(false);
    expect(await server.refresh(clientId, first.refresh_token)).toMatchObject(invalidGrant);
    const grantId = String(tokenClaims(first.access_token)["grant_id"]);
    const rows = await db().auditEvent.findMany({ where: { targetId: grantId, action: "refresh_token.reused" } });
    expect(rows).toHaveLength(1);
  });

  test("AUT-20: a replay by somebody without the verifier ends nothing", async () => {
    const { code, verifier } = await server.authorize({ clientId, userId });
    const first = (await server.exchange(clientId, code, verifier)).json;
    const guess = { code_verifier: randomBytes(32).toString("base64url") };
    expect(await server.exchange(clientId, code, verifier, guess)).toMatchObject(invalidGrant);
    expect(await isTaken(first.access_token)).toBe(true);
  });

  test("AUT-21 attack 13: of two that both found it unused, the second to use it ends the grant", async () => {
    const { code } = await server.authorize({ clientId, userId });
    const { grantId } = await db().oAuthArtifact.findUniqueOrThrow({ where: codeRow(code) });
    const adapter = artifactAdapter("AuthorizationCode", 60);
    for (const found of await Promise.all([adapter.find(code), adapter.find(code)])) {
      expect(found).toMatchObject({ grantId });
      expect(found).not.toHaveProperty("consumed");
    }
    await adapter.consume(code);
    await expect(adapter.consume(code)).rejects.toMatchObject({ error: "invalid_grant" });
    const grant = await db().oAuthGrant.findUniqueOrThrow({ where: { id: grantId ?? "" } });
    expect(grant.revokedBy).toBe("reuse");
    expect(grant.redeemedAt).not.toBeNull();
  });

  test("AUT-21 attack 13: of 50 redemptions at once one succeeds, and its tokens are refused afterwards", async () => {
    const { code, verifier } = await server.authorize({ clientId, userId });
    const answers = await Promise.all(Array.from({ length: 50 }, () => server.exchange(clientId, code, verifier)));
    const won = answers.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    for (const lost of answers.filter(({ status }) => status !== 200)) expect(lost).toMatchObject(invalidGrant);
    const tokens = won[0]?.json;
    const id = String(tokenClaims(tokens?.access_token ?? "")["grant_id"]);
    expect(await db().oAuthGrant.findUnique({ where: { id } })).toMatchObject({ redeemedAt: expect.any(Date) });
    expect(await isTaken(tokens?.access_token ?? "")).toBe(false);
    expect(await server.refresh(clientId, tokens?.refresh_token ?? "")).toMatchObject(invalidGrant);
  });
});
