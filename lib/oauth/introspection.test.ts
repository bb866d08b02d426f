import { randomBytes } from "node:crypto";
import fc from "fast-check";
import * as oauth from "oauth4webapi";
import { beforeAll, describe, expect, test } from "vitest";
import { connectDatabase, db, disconnectDatabase } from "#lib/db.ts";
import { withdrawGrant } from "#lib/grants/withdraw-grant.ts";
import { newId } from "#lib/ids.ts";
import { generateKey } from "#lib/keys/key-format.ts";
import { disableUser } from "#lib/users/disable-user.ts";
import { testAuthorizationServer, tokenClaims } from "#test/authorization-server.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { insertKey, sendRpc } from "#test/gateway.ts";
import { type TokenSigner, tokenSigner } from "#test/token-signer.ts";
import { secretHash } from "./secret-hash.ts";

const database = testDatabase();
const server = testAuthorizationServer();
const insecure = { [oauth.allowInsecureRequests]: true };
const INACTIVE = { active: false };

let userId = "";
let resourceServer: Credentials;
let sign: TokenSigner;
beforeAll(async () => {
  userId = (await insertUser()).id;
  resourceServer = await insertClient(true);
  sign = await tokenSigner();
});

type Credentials = { id: string; secret: string };

/** A confidential client that the operator added, past every rule. */
async function insertClient(isResourceServer: boolean): Promise<Credentials> {
  const [id, secret] = [`client_${newId()}`, randomBytes(32).toString("base64url")];
  const metadata = {
    client_name: "Somebody's API",
    redirect_uris: [],
    grant_types: [],
    response_types: [],
    token_endpoint_auth_method: "client_secret_basic",
  };
  const kind = "preregistered";
  await db().oAuthClient.create({ data: { id, kind, metadata, secretHash: secretHash(secret), isResourceServer } });
  return { id, secret };
}

const basic = ({ id, secret }: Credentials) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`,
});
const introspect = (token: string, by = resourceServer, form: Readonly<Record<string, string>> = {}) =>
  server.post("/oauth/introspect", { token, ...form }, basic(by));
const connect = async (owner = userId, options: { scope?: string } = {}) => {
  const { json } = await server.register({ client_name: newId() });
  return server.connect(owner, { clientId: json.client_id, ...options });
};

describe("a registered resource server", () => {
  test("INT-02 INT-03: a strict client learns everything about a live access token", async () => {
    const issuer = new URL(server.url());
    const discovered = await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...insecure });
    const as = await oauth.processDiscoveryResponse(issuer, discovered);
    const tokens = await connect(userId, { scope: "mcp:read" });
    const client = { client_id: resourceServer.id };
    const authentication = oauth.ClientSecretBasic(resourceServer.secret);
    const answer = await oauth.introspectionRequest(as, client, authentication, tokens.access_token, insecure);
    expect(answer.headers.get("cache-control")).toContain("no-store");
    const { iat, exp, jti } = tokenClaims(tokens.access_token);
    expect(await oauth.processIntrospectionResponse(as, client, answer)).toEqual({
      active: true,
      scope: "mcp:read",
      client_id: tokens.clientId,
      sub: userId,
      aud: `${server.url()}/mcp`,
      iss: server.url(),
      token_type: "Bearer",
      iat,
      exp,
      jti,
    });
  });

  test("INT-02: whatever the hint says, and though the token's client is gone", async () => {
    const tokens = await connect();
    await db().oAuthClient.delete({ where: { id: tokens.clientId } });
    for (const token_type_hint of ["access_token", "refresh_token", "something"]) {
      const answer = await introspect(tokens.access_token, resourceServer, { token_type_hint });
      expect([answer.status, answer.json]).toMatchObject([200, { active: true, sub: userId }]);
    }
  });

  test("INT-03: a token is inactive once it is withdrawn, revoked, its user disabled, or it has expired", async () => {
    const [withdrawn, revoked, disabled, old] = [await connect(), await connect(), await connect(), await connect()];
    const other = await insertUser();
    const others = await connect(other.id);
    for (const { access_token } of [withdrawn, revoked, disabled, others]) {
      expect((await introspect(access_token)).json).toMatchObject({ active: true });
    }
    await withdrawGrant({ kind: "user", userId, isAdministrator: false }, { grantId: withdrawn.grantId });
    expect((await introspect(withdrawn.access_token)).json).toEqual(INACTIVE);
    expect(
      (await server.post("/oauth/revoke", { token: revoked.access_token, client_id: revoked.clientId })).status,
    ).toBe(200);
    expect((await introspect(revoked.access_token)).json).toEqual(INACTIVE);
    await disableUser({ kind: "command_line", userId: other.id, isAdministrator: true }, { userId: other.id });
    expect((await introspect(others.access_token)).json).toEqual(INACTIVE);
    const claims = tokenClaims(old.access_token);
    const seconds = Math.floor(Date.now() / 1000);
    expect((await introspect(await sign({ ...claims, exp: seconds + 60 }))).json).toMatchObject({ active: true });
    expect((await introspect(await sign({ ...claims, exp: seconds - 1 }))).json).toEqual(INACTIVE);
    expect((await introspect(disabled.access_token)).json).toMatchObject({ active: true });
  });

  test("INT-02: tokens for another audience, of another issuer or grant, and refresh tokens are inactive", async () => {
    const tokens = await connect();
    const claims = tokenClaims(tokens.access_token);
    expect((await introspect(await sign(claims))).json).toMatchObject({ active: true });
    const stranger = (await insertUser()).id;
    const changes = [
      { aud: "https://other.example/mcp" },
      { aud: [claims["aud"] as string, "https://other.example/mcp"] },
      { iss: "https://other.example" },
      { grant_id: newId() },
      { client_id: "another" },
      { sub: stranger },
    ];
    for (const change of changes) {
      expect([change, (await introspect(await sign({ ...claims, ...change }))).json]).toEqual([change, INACTIVE]);
    }
    expect((await introspect(await sign(claims, { typ: "JWT" }))).json).toEqual(INACTIVE);
    expect((await introspect(tokens.refresh_token)).json).toEqual(INACTIVE);
    expect((await introspect(tokens.refresh_token, resourceServer, { token_type_hint: "refresh_token" })).json).toEqual(
      INACTIVE,
    );
  });

  test("INT-04: an API key is active as long as gateways take it, with its owner and scope, and no client", async () => {
    const { id, key } = await insertKey(userId, "mcp:read");
    const shared = { active: true, sub: userId, aud: `${server.url()}/mcp`, iss: server.url(), token_type: "Bearer" };
    expect((await introspect(key)).json).toEqual({ ...shared, scope: "mcp:read", jti: id });
    const later = new Date(Math.ceil(Date.now() / 1000) * 1000 + 60_000);
    const ending = await insertKey(userId, "mcp", { expiresAt: later });
    expect((await introspect(ending.key)).json).toMatchObject({ active: true, exp: later.getTime() / 1000 });
    const now = new Date();
    const grace = await insertKey(userId, "mcp", { rotatedAt: now, graceEndsAt: later });
    expect((await introspect(grace.key)).json).toMatchObject({ active: true, exp: later.getTime() / 1000 });
    const ended = [
      await insertKey(userId, "mcp", { revokedAt: now }),
      await insertKey(userId, "mcp", { expiresAt: now }),
      await insertKey(userId, "mcp", { rotatedAt: now, graceEndsAt: now }),
      { key: generateKey() },
    ];
    for (const each of ended) expect((await introspect(each.key)).json).toEqual(INACTIVE);
    const other = await insertUser();
    const others = await insertKey(other.id);
    await disableUser({ kind: "command_line", userId: other.id, isAdministrator: true }, { userId: other.id });
    expect((await introspect(others.key)).json).toEqual(INACTIVE);
    expect((await introspect(key, await insertClient(false))).json).toEqual(INACTIVE);
  });

  test("INT-02: a token that is bound to a key is said to be", async () => {
    const claims = tokenClaims((await connect()).access_token);
    const jkt = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";
    const answer = await introspect(await sign({ ...claims, cnf: { jkt } }));
    expect(answer.json).toMatchObject({ active: true, token_type: "DPoP", cnf: { jkt } });
  });

  test("INT-02: whatever else is sent is inactive, and nothing fails", async () => {
    const part = fc.stringMatching(/^[A-Za-z0-9_-]{0,40}$/);
    const token = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.tuple(part, part, part).map((parts) => parts.join(".")),
    );
    await fc.assert(
      fc.asyncProperty(token, async (value) => {
        const answer = await introspect(value);
        expect([answer.status, answer.json]).toEqual([200, INACTIVE]);
      }),
      { numRuns: 60 },
    );
  });

  test("INT-03: introspection uses nothing up", async () => {
    const tokens = await connect();
    await introspect(tokens.access_token);
    await introspect(tokens.refresh_token);
    expect((await sendRpc(server.url(), tokens.access_token, "tools/list")).status).toBe(200);
    expect((await server.refresh(tokens.clientId, tokens.refresh_token)).status).toBe(200);
  });
});

describe("anybody else", () => {
  test("INT-01: without authentication it is 401 invalid_client, with the token told to nobody", async () => {
    const tokens = await connect();
    const token = tokens.access_token;
    const wrong = { ...resourceServer, secret: "wrong" };
    const answers = [
      await server.post("/oauth/introspect", { token }),
      await server.post("/oauth/introspect", {}),
      await server.post("/oauth/introspect", { token, client_id: tokens.clientId }),
      await server.post("/oauth/introspect", { token, client_id: resourceServer.id }),
      await introspect(token, wrong),
      await introspect(token, { id: "nobody", secret: "x" }),
    ];
    for (const { status, json, headers } of answers) {
      expect([status, json["error"], json["active"]]).toEqual([401, "invalid_client", undefined]);
      expect(headers.get("www-authenticate")).toMatch(/^Basic realm="/);
    }
    const bearer = await server.post("/oauth/introspect", { token }, { authorization: `Bearer ${token}` });
    expect(bearer.status).toBeGreaterThanOrEqual(400);
    expect(bearer.text).not.toContain("active");
  });

  test("INT-02: a confidential client that is no resource server learns nothing, of its own tokens neither", async () => {
    const client = await insertClient(false);
    const tokens = await connect();
    expect((await introspect(tokens.access_token, client)).json).toEqual(INACTIVE);
    const { json } = await server.register({
      client_name: newId(),
      token_endpoint_auth_method: "client_secret_post",
    });
    const credentials = { client_id: json.client_id, client_secret: json.client_secret ?? "" };
    const form = { token: tokens.access_token, ...credentials };
    expect((await server.post("/oauth/introspect", form)).json).toEqual(INACTIVE);
  });
});

test("INT-01: only POST, and refusals are JSON", async () => {
  const at = `${server.url()}/oauth/introspect`;
  for (const method of ["GET", "PUT", "DELETE"]) {
    const answer = await fetch(`${at}?token=x`, { method });
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, "POST, OPTIONS"]);
    expect(await answer.json()).toMatchObject({ error: "method_not_allowed" });
  }
  const large = await introspect("x".repeat(60_000));
  expect([large.status, large.json]).toMatchObject([413, { error: "invalid_request" }]);
});

test("INT-03 INT-04: without the database it is 503, never a verdict", async () => {
  const tokens = await connect();
  const { key } = await insertKey(userId);
  await disconnectDatabase();
  connectDatabase({ host: "/nonexistent", user: "nobody", database: "none", connectionTimeoutMillis: 500 });
  try {
    for (let turn = 0; turn < 2; turn += 1) {
      for (const token of [tokens.access_token, key]) {
        const answer = await introspect(token);
        expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "2"]);
        expect(answer.json).toMatchObject({ error: "temporarily_unavailable" });
        expect(answer.text).not.toContain("active");
      }
      // Afterwards the set of public keys of a second ago is not believed any more.
      await new Promise((resolve) => setTimeout(resolve, 1_100));
    }
  } finally {
    await disconnectDatabase();
    connectDatabase({ ...database.config(), max: 8 });
    await new Promise((resolve) => setTimeout(resolve, 1_100));
  }
  expect((await introspect(tokens.access_token)).json).toMatchObject({ active: true });
});
