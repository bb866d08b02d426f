import { describe, expect, test } from "vitest";
import { type Actor, OPERATOR } from "#lib/audit/actor.ts";
import { db } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { REDIRECT_URI, testAuthorizationServer } from "#test/authorization-server.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { createClient } from "./create-client.ts";
import { ensureKnownClients } from "./known-clients.ts";
import { listClients } from "./list-clients.ts";
import { removeClient } from "./remove-client.ts";
import { createClientSchema } from "./schemas.ts";

testDatabase();
const server = testAuthorizationServer();

const input = (values: object = {}) =>
  createClientSchema.parse({ name: "CI", redirectUris: [REDIRECT_URI], ...values });
const create = (values: object = {}) => createClient(OPERATOR, input(values));
const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`,
});
const me = async (accessToken: string): Promise<number> =>
  (await fetch(`${server.url()}/v1/me`, { headers: { authorization: `Bearer ${accessToken}` } })).status;
async function codeFor(clientId: string, userId: string) {
  const { code, verifier, redirectUri } = await server.authorize({ clientId, userId });
  return { grant_type: "authorization_code", code, redirect_uri: redirectUri, code_verifier: verifier };
}

describe("PRE-01: a client that the operator adds works at once", () => {
  test("PRE-04: a public client never has a secret; a full walk, and the app is known as added by this server", async () => {
    const { id, secret } = await create();
    expect(secret).toBeUndefined();
    const owner = await insertUser();
    const tokens = await server.connect(owner.id, { clientId: id });
    expect(await me(tokens.access_token)).toBe(200);
    expect((await server.refresh(id, tokens.refresh_token)).status).toBe(200);
    const grant = await db().oAuthGrant.findUniqueOrThrow({ where: { id: tokens.grantId } });
    expect(grant).toMatchObject({ clientName: "CI", trust: "server", clientHost: null });
    expect(await db().oAuthClient.findUniqueOrThrow({ where: { id } })).toMatchObject({ secretHash: null });
  });

  test("PRE-04: a confidential client: Basic with the secret, sent as it is, gets tokens", async () => {
    const { id, secret = "" } = await create({ isConfidential: true, id: "agent-one" });
    expect(id).toBe("agent-one");
    const owner = await insertUser();
    const { status, json } = await server.post("/oauth/token", await codeFor(id, owner.id), basic(id, secret));
    expect(status).toBe(200);
    expect(await me(String(json["access_token"]))).toBe(200);
    const again = { grant_type: "refresh_token", refresh_token: String(json["refresh_token"]) };
    expect((await server.post("/oauth/token", again, basic(id, secret))).status).toBe(200);
  });

  test.each([
    ["a wrong secret in Basic", (id: string) => basic(id, "wrong"), {}, true],
    ["no secret", () => ({}), {}, false],
    ["a wrong secret in the form", () => ({}), { client_secret: "wrong" }, false],
  ])("PRE-04: with %s it is 401 invalid_client", async (_name, headers, more, isBasic) => {
    const { id } = await create({ isConfidential: true });
    const form = { ...(await codeFor(id, (await insertUser()).id)), ...(isBasic ? {} : { client_id: id }), ...more };
    const answer = await server.post("/oauth/token", form, headers(id));
    expect([answer.status, answer.json["error"]]).toEqual([401, "invalid_client"]);
    if (isBasic) expect(answer.headers.get("www-authenticate")).toMatch(/^Basic realm="/);
  });

  test("an empty secret in Basic is malformed, and gets nothing", async () => {
    const { id } = await create({ isConfidential: true });
    const form = await codeFor(id, (await insertUser()).id);
    expect((await server.post("/oauth/token", form, basic(id, ""))).status).toBe(400);
  });

  test("PRE-04: a public client that sends a secret does not get in with it", async () => {
    const { id } = await create();
    const form = { ...(await codeFor(id, (await insertUser()).id)), client_id: id, client_secret: "made up" };
    const answer = await server.post("/oauth/token", form);
    expect([answer.status, answer.json["error"]]).toEqual([401, "invalid_client"]);
  });

  test("a resource server introspects, and cannot send anybody to the consent page or get a token", async () => {
    const { id, secret = "" } = await create({ redirectUris: [], isResourceServer: true });
    const { access_token: token } = await server.connect((await insertUser()).id, { clientId: "pensyve-claude-code" });
    const answer = await server.post("/oauth/introspect", { token }, basic(id, secret));
    expect([answer.status, answer.json["active"]]).toEqual([200, true]);
    await expect(server.authorize({ clientId: id, userId: newId() })).rejects.toThrow("No consent page");
    const form = { grant_type: "refresh_token", refresh_token: "x" };
    const refused = await server.post("/oauth/token", form, basic(id, secret));
    expect(refused.status).toBe(400);
    expect(refused.json["access_token"]).toBeUndefined();
  });
});

describe("what is stored and given", () => {
  test("PRE-02: generated ids are random, and neither addresses nor those of registrations", async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, async () => (await create()).id));
    expect(new Set(ids).size).toBe(20);
    for (const id of ids) expect(id).toMatch(/^client_[0-9a-f-]{36}$/);
  });

  test.each(["https://example.org/c", "http://x", "psc_1", "a b", "a", "-a", "x".repeat(101), "é".repeat(5), "a:b"])(
    "PRE-02: the id %j is refused",
    (id) => {
      expect(createClientSchema.safeParse({ name: "CI", redirectUris: [REDIRECT_URI], id }).success).toBe(false);
    },
  );

  test("PRE-03 PRE-05: the secret is URL-safe, has 256 bits, and only its hash is stored", async () => {
    for (let round = 0; round < 20; round += 1) {
      const { id, secret = "" } = await create({ isConfidential: true });
      expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/);
      const row = await db().oAuthClient.findUniqueOrThrow({ where: { id } });
      expect(row.secretHash).toHaveLength(32);
      expect(JSON.stringify(row)).not.toContain(secret);
      expect(JSON.stringify(await db().auditEvent.findMany({ where: { targetId: id } }))).not.toContain(secret);
      expect(JSON.stringify(await listClients())).not.toContain(secret);
    }
  });

  test.each([
    "javascript:alert(1)",
    "data:text/html,x",
    "http://example.org/callback",
    "https://example.org/#x",
    "https://user@example.org/",
    "https://*.example.org/",
    "nodot://x",
    "/callback",
    "",
  ])("attack 20: the redirect URI %j is refused", (uri) => {
    const result = createClientSchema.safeParse({ name: "CI", redirectUris: [REDIRECT_URI, uri] });
    expect(result.error?.issues[0]?.path).toEqual(["redirectUris", 1]);
  });

  test("nowhere to send the answer, or a resource server with somewhere, is refused", () => {
    expect(createClientSchema.safeParse({ name: "CI" }).success).toBe(false);
    const both = { name: "CI", isResourceServer: true, redirectUris: [REDIRECT_URI] };
    expect(createClientSchema.safeParse(both).success).toBe(false);
  });

  test("an id that is taken is a conflict, and nothing changes", async () => {
    await create({ id: "taken", name: "First" });
    await expect(create({ id: "taken", name: "Second" })).rejects.toMatchObject({ code: "conflict", status: 409 });
    expect((await listClients()).filter(({ id }) => id === "taken")).toMatchObject([{ name: "First" }]);
    expect(await db().auditEvent.count({ where: { targetId: "taken" } })).toBe(1);
  });

  test("attack 19: nobody but an administrator adds or removes clients", async () => {
    const actor: Actor = { kind: "user", userId: (await insertUser()).id, isAdministrator: false };
    await expect(createClient(actor, input({ id: "sneaky" }))).rejects.toMatchObject({ code: "forbidden" });
    const { id } = await create();
    await expect(removeClient(actor, { clientId: id })).rejects.toMatchObject({ code: "forbidden" });
    expect(await db().oAuthClient.findUnique({ where: { id: "sneaky" } })).toBeNull();
    expect(await db().oAuthClient.findUnique({ where: { id } })).not.toBeNull();
  });
});

describe("removing a client", () => {
  test("ends every grant of it before it answers; other clients go on", async () => {
    const [{ id }, other] = [await create(), await create()];
    const [ada, bob] = [await insertUser(), await insertUser()];
    const ended = [await server.connect(ada.id, { clientId: id }), await server.connect(bob.id, { clientId: id })];
    const alive = await server.connect(ada.id, { clientId: other.id });
    for (const { access_token } of ended) expect(await me(access_token)).toBe(200);
    const removed = await removeClient(OPERATOR, { clientId: id });
    expect(removed).toMatchObject({ id, endedGrants: 2, receipt: { acknowledged: 1, of: 1 } });
    for (const { access_token, refresh_token } of ended) {
      expect(await me(access_token)).toBe(401);
      expect((await server.refresh(id, refresh_token)).json).toMatchObject({ error: "invalid_client" });
    }
    expect(await me(alive.access_token)).toBe(200);
    const rows = await db().auditEvent.findMany({ where: { userId: bob.id, action: "app.withdrawn" } });
    expect(rows).toMatchObject([{ actorKind: "command_line", details: { end: "client_removed" } }]);
    const acts = await db().auditEvent.findMany({ where: { targetId: id }, orderBy: { id: "asc" } });
    expect(acts.map(({ action, userId }) => [action, userId])).toEqual([
      ["client.created", null],
      ["client.removed", null],
    ]);
    await expect(removeClient(OPERATOR, { clientId: id })).rejects.toMatchObject({ code: "client_not_found" });
  });

  test("with more grants than one transaction takes", async () => {
    const { id } = await create();
    const { id: userId } = await insertUser();
    const grant = {
      userId,
      clientId: id,
      clientName: "CI",
      trust: "server",
      scope: "mcp",
      payload: {},
      redeemedAt: new Date(),
    };
    const expiresAt = new Date(Date.now() + 60_000);
    const data = Array.from({ length: 250 }, () => ({ id: newId(), ...grant, expiresAt }));
    await db().oAuthGrant.createMany({ data });
    expect((await listClients()).find((client) => client.id === id)?.grants).toBe(250);
    expect((await removeClient(OPERATOR, { clientId: id })).endedGrants).toBe(250);
    expect(await db().oAuthGrant.count({ where: { clientId: id, revokedAt: null } })).toBe(0);
    expect(await db().auditEvent.count({ where: { userId, action: "app.withdrawn" } })).toBe(250);
  });
});

describe("clients that are part of this server", () => {
  test("PRE-01: are there after the start, public, on any loopback port", async () => {
    const known = (await listClients()).filter(({ id }) => id.startsWith("pensyve-"));
    expect(known.map(({ id, isConfidential, kind }) => [id, isConfidential, kind])).toEqual([
      ["pensyve-claude-code", false, "preregistered"],
      ["pensyve-vscode", false, "preregistered"],
    ]);
    const owner = await insertUser();
    for (const redirect of [
      "http://localhost:53682/callback",
      "http://127.0.0.1:1/callback",
      "http://[::1]:8080/callback",
    ]) {
      const tokens = await server.connect(owner.id, {
        clientId: "pensyve-claude-code",
        parameters: { redirect_uri: redirect },
      });
      expect(await me(tokens.access_token)).toBe(200);
    }
  });

  test.each(["vscode", "vscode-insiders", "cursor", "windsurf", "vscodium"])(
    "PRE-01: the extension gets its answer under %s:, and under no other path",
    async (scheme) => {
      const owner = await insertUser();
      const connect = (redirect: string) =>
        server.connect(owner.id, { clientId: "pensyve-vscode", parameters: { redirect_uri: redirect } });
      expect(await me((await connect(`${scheme}://pensyve.pensyve/callback`)).access_token)).toBe(200);
      await expect(connect(`${scheme}://evil.pensyve/callback`)).rejects.toThrow("No consent page");
    },
  );

  test("DEV-05 attack 18: nobody gets a device code in their name", async () => {
    for (const clientId of ["pensyve-claude-code", "pensyve-vscode"]) {
      const { status, json } = await server.post("/oauth/device", { client_id: clientId });
      expect([status, json["error"]]).toEqual([400, "unauthorized_client"]);
    }
  });

  test("are put right at each start, also by two at once, and cannot be removed", async () => {
    const where = { id: "pensyve-vscode" };
    const before = await db().oAuthClient.findUniqueOrThrow({ where });
    await db().oAuthClient.update({ where, data: { metadata: { client_name: "of an older release" } } });
    await db().oAuthClient.delete({ where: { id: "pensyve-claude-code" } });
    await Promise.all([ensureKnownClients(), ensureKnownClients()]);
    expect(await db().oAuthClient.findUniqueOrThrow({ where })).toEqual(before);
    expect(await db().oAuthClient.count({ where: { id: "pensyve-claude-code" } })).toBe(1);
    await expect(removeClient(OPERATOR, { clientId: "pensyve-vscode" })).rejects.toMatchObject({ code: "conflict" });
  });
});
