import fc from "fast-check";
import * as oauth from "oauth4webapi";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectDatabase, db, disconnectDatabase } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { generateKey } from "#lib/keys/key-format.ts";
import { testAuthorizationServer, tokenClaims } from "#test/authorization-server.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { freePort } from "#test/free-port.ts";
import { insertKey, send } from "#test/gateway.ts";
import { type RunningServer, startServer } from "#test/start-server.ts";
import { type TokenSigner, tokenSigner } from "#test/token-signer.ts";

const database = testDatabase();
const server = testAuthorizationServer();
const insecure = { [oauth.allowInsecureRequests]: true };
const FORGED = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.";

let userId = "";
let other: RunningServer;
let sign: TokenSigner;
beforeAll(async () => {
  userId = (await insertUser()).id;
  sign = await tokenSigner();
  other = await startGateway();
});
afterAll(() => other.stop());

/** A gateway in another process, on the same database. */
async function startGateway(): Promise<RunningServer> {
  const port = await freePort();
  const urls = { PUBLIC_URL: server.url(), API_URL: `http://localhost:${port}` };
  return startServer({
    port,
    env: { SERVE: "gateway", DATABASE_URL: database.url(), LOG_LEVEL: "warn", RATE_LIMIT: "1000000", ...urls },
  });
}

const status = async (gateway: string, credential: string): Promise<number> =>
  (await send(gateway, "GET", "/v1/me", { key: credential })).status;
const everywhere = async (credential: string): Promise<number[]> => [
  await status(server.url(), credential),
  await status(other.url, credential),
];
/** A public client of its own: identical registrations may share one. */
const newClient = async (): Promise<string> => (await server.register({ client_name: newId() })).json.client_id;
const connect = async (clientId?: string) => server.connect(userId, { clientId: clientId ?? (await newClient()) });
const revoke = (form: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}) =>
  server.post("/oauth/revoke", form, headers);
const isAlive = async (grantId: string): Promise<boolean> =>
  (await db().oAuthGrant.findUniqueOrThrow({ where: { id: grantId } })).revokedAt === null;
const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`,
});

async function discover(): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(server.url());
  return oauth.processDiscoveryResponse(
    issuer,
    await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...insecure }),
  );
}

describe("a client that signs out", () => {
  test("REV-01: a revoked refresh token is gone with its grant, its access token is refused, and the owner can read it", async () => {
    const tokens = await connect();
    expect(await everywhere(tokens.access_token)).toEqual([200, 200]);
    const client = { client_id: tokens.clientId };
    const answer = await oauth.revocationRequest(
      await discover(),
      client,
      oauth.None(),
      tokens.refresh_token,
      insecure,
    );
    expect([answer.status, await answer.clone().text()]).toEqual([200, ""]);
    await oauth.processRevocationResponse(answer);
    expect(await everywhere(tokens.access_token)).toEqual([401, 401]);
    const refreshed = await server.refresh(tokens.clientId, tokens.refresh_token);
    expect([refreshed.status, refreshed.json]).toMatchObject([400, { error: "invalid_grant" }]);
    const rows = await db().auditEvent.findMany({ where: { targetId: tokens.grantId, action: "app.withdrawn" } });
    expect(rows).toMatchObject([{ userId, actorKind: "system", details: { end: "client" } }]);
  });

  test("REV-02 REV-03: once a JWT's revocation is answered, no gateway takes it, warm or not, here or in another process", async () => {
    const as = await discover();
    const clientId = await newClient();
    for (let trial = 0; trial < 10; trial += 1) {
      const tokens = await connect(clientId);
      expect(await everywhere(tokens.access_token)).toEqual([200, 200]);
      // The wrong hint is a hint only (RFC 7009 section 2.1).
      const additionalParameters = trial % 2 ? { token_type_hint: "refresh_token" } : {};
      const options = { additionalParameters, ...insecure };
      const client = { client_id: clientId };
      const answer = await oauth.revocationRequest(as, client, oauth.None(), tokens.access_token, options);
      expect(await Promise.all([everywhere(tokens.access_token), answer.status])).toEqual([[401, 401], 200]);
      expect((await server.refresh(clientId, tokens.refresh_token)).json).toMatchObject({ error: "invalid_grant" });
    }
  });

  test("REV-03 attack 8: a gateway that starts after the revocation refuses too", async () => {
    const tokens = await connect();
    expect((await revoke({ token: tokens.access_token, client_id: tokens.clientId })).status).toBe(200);
    const later = await startGateway();
    try {
      expect(await status(later.url, tokens.access_token)).toBe(401);
    } finally {
      await later.stop();
    }
  });

  test("REV-01 REV-03: a refresh that meets the revocation gains nothing, whoever comes first", async () => {
    const clientId = await newClient();
    for (let trial = 0; trial < 10; trial += 1) {
      const tokens = await connect(clientId);
      const revoked = trial % 2 ? tokens.refresh_token : tokens.access_token;
      const [refreshed, { status }] = await Promise.all([
        server.refresh(clientId, tokens.refresh_token),
        revoke({ token: revoked, client_id: clientId }),
      ]);
      expect(status).toBe(200);
      expect(await everywhere(tokens.access_token)).toEqual([401, 401]);
      if (refreshed.status === 200) {
        expect(await everywhere(refreshed.json.access_token)).toEqual([401, 401]);
        expect((await server.refresh(clientId, refreshed.json.refresh_token)).status).toBe(400);
      } else expect([refreshed.status, refreshed.json]).toMatchObject([400, { error: "invalid_grant" }]);
    }
  });

  test("REV-02: a token that expired a moment ago is revoked as long as a gateway takes it; later it is 200 and nothing happens", async () => {
    const [recent, old] = [await connect(), await connect()];
    const now = Math.floor(Date.now() / 1000);
    const tokenOf = (tokens: typeof recent, exp: number) => sign({ ...tokenClaims(tokens.access_token), exp });
    const answers = [
      await revoke({ token: await tokenOf(recent, now - 1), client_id: recent.clientId }),
      await revoke({ token: await tokenOf(old, now - 60), client_id: old.clientId }),
    ];
    expect(answers.map(({ status, text }) => [status, text])).toEqual([
      [200, ""],
      [200, ""],
    ]);
    expect([await isAlive(recent.grantId), await isAlive(old.grantId)]).toEqual([false, true]);
  });

  test("REV-01 REV-04: another consent to the same client lives on, and revoking again changes nothing", async () => {
    const clientId = await newClient();
    const [ended, kept] = [await connect(clientId), await connect(clientId)];
    for (const token of [ended.access_token, ended.access_token, ended.refresh_token]) {
      expect(await revoke({ token, client_id: clientId })).toMatchObject({ status: 200, text: "" });
    }
    expect(await everywhere(kept.access_token)).toEqual([200, 200]);
    expect((await server.refresh(clientId, kept.refresh_token)).status).toBe(200);
    expect(await db().credentialEvent.count({ where: { subjectId: ended.grantId } })).toBe(1);
  });
});

describe("a token that is not the client's", () => {
  test("REV-04: to a public client unknown, forged and foreign tokens look the same, and nothing is revoked", async () => {
    const owner = await connect();
    const client_id = await newClient();
    const [head = "", body = "", signature = ""] = owner.access_token.split(".");
    const cut = `${head}.${body}.${signature.slice(0, -4)}AAAA`;
    for (const token of ["unknown", FORGED, cut, owner.access_token, owner.refresh_token]) {
      expect(await revoke({ token, client_id })).toMatchObject({ status: 200, text: "" });
    }
    expect(await isAlive(owner.grantId)).toBe(true);
    expect(await everywhere(owner.access_token)).toEqual([200, 200]);
  });

  test("REV-04: a confidential client gets 400 for a foreign token, 200 for an unknown one, 401 with a wrong secret", async () => {
    const owner = await connect();
    const { json } = await server.register({
      client_name: "Confidential",
      token_endpoint_auth_method: "client_secret_basic",
    });
    const credentials = basic(json.client_id, json.client_secret ?? "");
    for (const token of [owner.access_token, owner.refresh_token]) {
      const answer = await revoke({ token }, credentials);
      expect([answer.status, answer.json]).toMatchObject([400, { error: "invalid_request" }]);
    }
    for (const token of ["unknown", FORGED]) expect((await revoke({ token }, credentials)).status).toBe(200);
    const wrong = await revoke({ token: owner.access_token }, basic(json.client_id, "wrong"));
    expect([wrong.status, wrong.json]).toMatchObject([401, { error: "invalid_client" }]);
    const nobody = await revoke({ token: owner.access_token, client_id: "nobody" });
    expect([nobody.status, nobody.json]).toMatchObject([401, { error: "invalid_client" }]);
    expect(await isAlive(owner.grantId)).toBe(true);
  });

  test("REV-04: whatever is sent as a token, the answer is 200 and nothing fails", async () => {
    const client_id = await newClient();
    const part = fc.stringMatching(/^[A-Za-z0-9_-]{0,40}$/);
    const token = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.tuple(part, part, part).map((parts) => parts.join(".")),
    );
    await fc.assert(
      fc.asyncProperty(token, async (value) => {
        const answer = await revoke({ token: value, client_id });
        // The empty parameter is a missing one (RFC 6749 section 3.1).
        expect([answer.status, answer.text]).toEqual([200, ""]);
      }),
      { numRuns: 60 },
    );
  });

  test("REV-04: without a token, or with two, the request is invalid and nothing is revoked", async () => {
    const owner = await connect();
    const client_id = owner.clientId;
    const none = await revoke({ client_id });
    expect([none.status, none.json]).toMatchObject([400, { error: "invalid_request" }]);
    const two = await server.post("/oauth/revoke", { client_id, token: [owner.access_token, owner.refresh_token] });
    expect([two.status, two.json]).toMatchObject([400, { error: "invalid_request" }]);
    expect(await isAlive(owner.grantId)).toBe(true);
  });
});

describe("REV-05: an API key is revoked by whoever holds it", () => {
  test("REV-05 KEY-10: without a client; afterwards no gateway takes it, and the audit row names the owner", async () => {
    const { id, key } = await insertKey(userId);
    expect(await everywhere(key)).toEqual([200, 200]);
    expect(await revoke({ token: key })).toMatchObject({ status: 200, text: "" });
    expect(await everywhere(key)).toEqual([401, 401]);
    const rows = await db().auditEvent.findMany({ where: { targetId: id } });
    const by = { actorKind: "system", action: "key.revoked", details: { by: "possession" } };
    expect(rows).toMatchObject([{ ...by, userId, address: expect.stringMatching(/^(127\.0\.0\.1|::1)$/) }]);
    expect(await revoke({ token: key })).toMatchObject({ status: 200, text: "" });
    expect(await db().auditEvent.count({ where: { targetId: id } })).toBe(1);
  });

  test("REV-05: an unknown key gets the same answer, and a key beside it lives on", async () => {
    const { key } = await insertKey(userId);
    for (const token of [generateKey(), `${key.slice(0, -1)}!`, "psy_"]) {
      expect(await revoke({ token })).toMatchObject({ status: 200, text: "" });
    }
    expect(await everywhere(key)).toEqual([200, 200]);
  });

  test("REV-05: a client's own token that only looks like a key is still the client's", async () => {
    const client_id = await newClient();
    expect((await revoke({ token: generateKey(), client_id })).status).toBe(200);
    expect((await revoke({ token: generateKey(), client_id: "nobody" })).status).toBe(401);
  });
});

describe("at the edge", () => {
  const at = () => `${server.url()}/oauth/revoke`;

  test("REV-02: only POST, any origin may call it, and refusals are JSON", async () => {
    for (const method of ["GET", "HEAD", "PUT", "DELETE"]) {
      const answer = await fetch(at(), { method });
      expect([answer.status, answer.headers.get("allow")]).toEqual([405, "POST, OPTIONS"]);
      expect(answer.headers.get("content-type")).toContain("json");
    }
    const preflight = await fetch(at(), {
      method: "OPTIONS",
      headers: {
        Origin: "https://app.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, content-type",
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-headers")).toMatch(/authorization.*content-type/i);
    const origin = { origin: "https://app.example" };
    for (const token of ["unknown", FORGED, generateKey()]) {
      const { headers } = await revoke({ token, client_id: await newClient() }, origin);
      expect(headers.get("access-control-allow-origin")).toMatch(/^(\*|https:\/\/app\.example)$/);
      expect(headers.get("access-control-allow-credentials")).toBeNull();
    }
    const json = await fetch(at(), { method: "POST", headers: { "content-type": "application/json" }, body: "{}" });
    expect([json.status, await json.json()]).toMatchObject([400, { error: "invalid_request" }]);
    const large = await revoke({ token: "x".repeat(60_000), client_id: "x" });
    expect([large.status, large.json]).toMatchObject([413, { error: "invalid_request" }]);
  });

  test("REV-02 REV-05: without the database it is 503, whatever the token, and the same request succeeds afterwards", async () => {
    const tokens = await connect();
    const { key } = await insertKey(userId);
    await disconnectDatabase();
    connectDatabase({ host: "/nonexistent", user: "nobody", database: "none", connectionTimeoutMillis: 500 });
    // So that the set of public keys of a second ago is not believed any more.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const requests = [tokens.access_token, tokens.refresh_token, key].map((token) => ({
      token,
      client_id: tokens.clientId,
    }));
    for (const request of requests) {
      const answer = await revoke(request);
      expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "2"]);
      expect(answer.json).toMatchObject({ error: "temporarily_unavailable", error_description: expect.any(String) });
    }
    await disconnectDatabase();
    connectDatabase({ ...database.config(), max: 8 });
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    for (const request of requests) expect((await revoke(request)).status).toBe(200);
    expect(await everywhere(tokens.access_token)).toEqual([401, 401]);
    expect(await everywhere(key)).toEqual([401, 401]);
  });

  test("REV-05: sixty keys at once from one address, then 429 with Retry-After", async () => {
    const answers: Awaited<ReturnType<typeof revoke>>[] = [];
    for (let sent = 0; sent < 130; sent += 1) answers.push(await revoke({ token: `psy_${newId()}` }));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 429]));
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.headers.get("retry-after")).toMatch(/^[1-9]\d?$/);
    // Tokens of clients are not held up by it.
    const client_id = await newClient();
    expect((await revoke({ token: "unknown", client_id })).status).toBe(200);
  });
});
