import { describe, expect, it, vi } from "vitest";
import { db } from "#lib/db.ts";
import { OPERATIONS } from "#lib/gateway/operations.ts";
import { withdrawGrant } from "#lib/grants/withdraw-grant.ts";
import { newId } from "#lib/ids.ts";
import { type Access, scopeAllows } from "#lib/scopes.ts";
import { testAuthorizationServer, tokenClaims } from "#test/authorization-server.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { send, sendRpc, type TestAnswer, toolDocument } from "#test/gateway.ts";

testDatabase();
const server = testAuthorizationServer();

/** A user who allowed a new app `scope`. */
async function connected(scope = "mcp") {
  const { id: userId } = await insertUser();
  const tokens = await server.connect(userId, { scope });
  return { ...tokens, token: tokens.access_token, userId };
}
const rpc = (token: string, method: string, params: Record<string, unknown> = {}): Promise<TestAnswer> =>
  sendRpc(server.url(), token, method, params);
const rest = (token: string, method: string, path: string, body?: unknown): Promise<TestAnswer> =>
  send(server.url(), method, path, { key: token, ...(body === undefined ? {} : { body }) });
const metadata = (suffix = "") => `resource_metadata="${server.url()}/.well-known/oauth-protected-resource${suffix}"`;
const challengeOf = (answer: TestAnswer): string => answer.headers.get("www-authenticate") ?? "";
const REMEMBER = { name: "pensyve_remember", arguments: { entity: "a", fact: "b" } };

describe("an access token whose scope is too narrow", () => {
  it("BER-05: on MCP gets 403, and the scope to ask for so that nothing is lost", async () => {
    const { token } = await connected("mcp:read");
    const answer = await rpc(token, "tools/call", REMEMBER);
    expect(answer).toMatchObject({ status: 403, json: { error: "insufficient_scope" } });
    expect(challengeOf(answer)).toMatch(/^Bearer error="insufficient_scope"/);
    expect(challengeOf(answer)).toContain('scope="mcp:read mcp:write"');
    expect(challengeOf(answer)).toContain(metadata("/mcp"));
  });

  it("BER-05: on REST the same, with the document of that host", async () => {
    const { token } = await connected("mcp:read");
    const answer = await rest(token, "POST", "/v1/remember", { entity: "a", fact: "b" });
    expect(answer).toMatchObject({ status: 403, json: { error: "insufficient_scope" } });
    expect(challengeOf(answer)).toContain('scope="mcp:read mcp:write"');
    expect(challengeOf(answer)).toContain(metadata());
  });

  it.each<[string, string, Access]>([
    ["mcp:read", "mcp:read mcp:write", "write"],
    ["mcp:write", "mcp:read mcp:write", "read"],
    ["mcp:read mcp:write", "mcp", "full"],
    ["mcp:write", "mcp", "full"],
  ])(
    "BER-05: %s is told to ask for %s, which then does everything it did and the operation",
    async (scope, named, access) => {
      const { token, clientId, userId } = await connected(scope);
      const refused = OPERATIONS.find((operation) => operation.access === access && operation.routes.length > 0);
      const [route] = refused?.routes ?? [];
      const path = route?.path.replace(/\{[^}]*\}/g, newId()) ?? "";
      const answer = await rest(token, route?.method ?? "GET", path);
      expect(answer.status).toBe(403);
      const asked = /scope="([^"]*)"/.exec(challengeOf(answer))?.[1] ?? "";
      expect(asked).toBe(named);
      // What a client does next: the same client asks again, for what was named.
      const again = await server.connect(userId, { clientId, scope: asked, parameters: { scope: asked } });
      expect(again.scope.split(" ").toSorted()).toEqual(expect.arrayContaining(named.split(" ")));
      expect((await rest(again.access_token, route?.method ?? "GET", path)).status).not.toBe(403);
      for (const { access: other } of OPERATIONS) {
        if (scopeAllows(scope, other)) expect(scopeAllows(again.scope, other)).toBe(true);
      }
    },
  );

  it("BER-13: still does what the scope allows, and lists that and nothing else", async () => {
    const { token, clientId, grantId } = await connected("mcp:read");
    const listed = (await rpc(token, "tools/list")).json as { result: { tools: unknown[] } };
    expect(listed.result.tools).toHaveLength(4);
    expect(toolDocument(await rpc(token, "tools/call", { name: "pensyve_status", arguments: {} }))).toMatchObject({
      health: "ok",
    });
    expect(toolDocument(await rpc(token, "tools/call", { name: "pensyve_account", arguments: {} }))).toMatchObject({
      credential: { kind: "access_token", client_id: clientId, grant_id: grantId, scope: "mcp:read" },
    });
  });

  it("attack 41: a tool that is not in the registry is unknown, not refused", async () => {
    const { token } = await connected("mcp:read");
    expect((await rpc(token, "tools/call", { name: "pensyve_purge", arguments: {} })).json).toMatchObject({
      error: { code: -32602 },
    });
  });
});

describe("an access token", () => {
  it("GET /v1/me tells what it is and what it may call, and its user's limits", async () => {
    const { token, clientId, grantId } = await connected("mcp:write");
    const answer = await rest(token, "GET", "/v1/me");
    expect(answer.status).toBe(200);
    const allowed = OPERATIONS.filter(({ access }) => scopeAllows("mcp:write", access)).map(({ name }) => name);
    expect(answer.json).toEqual({
      kind: "access_token",
      client_id: clientId,
      grant_id: grantId,
      scope: "mcp:write",
      operations: allowed,
      limits: { requests_per_minute: 1_000_000, requests_per_minute_of_user: 2_000_000 },
    });
    expect(answer.headers.get("cache-control")).toBe("no-store");
  });

  it("BER-15: stands for the user in it; what its app stores, the same user's other app finds, and nobody else", async () => {
    const mine = await connected();
    const other = await server.connect(mine.userId);
    const stranger = await connected();
    expect(
      (
        await rpc(mine.token, "tools/call", {
          name: "pensyve_remember",
          arguments: { entity: "ada", fact: "likes tea" },
        })
      ).status,
    ).toBe(200);
    const recall = (token: string) => rpc(token, "tools/call", { name: "pensyve_recall", arguments: { query: "tea" } });
    expect((await recall(other.access_token)).text).toContain("likes tea");
    expect((await recall(stranger.token)).text).not.toContain("likes tea");
  });

  it("moves its grant's last use, with client and address, and is counted", async () => {
    const { token, grantId, userId } = await connected();
    await send(server.url(), "GET", "/v1/me", { key: token, headers: { "user-agent": "claude-code/2.1.330 (cli)" } });
    await vi.waitFor(async () => {
      expect(await db().oAuthGrant.findUnique({ where: { id: grantId } })).toMatchObject({
        lastUsedAt: expect.any(Date),
        lastUsedClient: "claude-code/2.1.330",
        lastUsedAddress: expect.stringMatching(/^(127\.0\.0\.1|::1)$/),
      });
    });
    const counted = await db().usageBucket.findMany({ where: { userId, credentialId: grantId } });
    expect(counted).toMatchObject([{ operation: "me", requests: 1n }]);
  });

  it("JWT-01 JWT-06 JWT-10 JWT-11: says little: ids and scope, no address, no name; under 1.5 KB", async () => {
    const { id: userId, email } = await insertUser({ email: "somebody.with.a.long.address@mail.example.org" });
    const { access_token: token, expires_in: expiresIn, clientId, grantId } = await server.connect(userId);
    expect(token.length).toBeLessThan(1_500);
    const claims = tokenClaims(token);
    expect(claims).toEqual({
      iss: server.url(),
      aud: `${server.url()}/mcp`,
      sub: userId,
      client_id: clientId,
      grant_id: grantId,
      scope: "mcp",
      jti: expect.any(String),
      iat: expect.any(Number),
      exp: expect.any(Number),
    });
    expect(Number(claims["exp"]) - Number(claims["iat"])).toBe(3_600);
    expect(expiresIn).toBe(3_600);
    expect(JSON.stringify(claims)).not.toContain(email);
    const header = JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString());
    expect(header).toEqual({ alg: "EdDSA", typ: "at+jwt", kid: expect.any(String) });
  });
});

describe("an access token on the wire", () => {
  it("LEG-01 TRN-09 BER-17: is taken by both eras of MCP alike, and lists are for its holder alone", async () => {
    const { token } = await connected();
    const initialize = { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "t", version: "1" } };
    expect((await rpc(token, "initialize", initialize)).json).toMatchObject({
      result: { protocolVersion: "2025-06-18" },
    });
    const name = "io.modelcontextprotocol";
    const meta = { [`${name}/protocolVersion`]: "2026-07-28", [`${name}/clientCapabilities`]: {} };
    const params = { _meta: { ...meta, [`${name}/clientInfo`]: { name: "t", version: "1" } } };
    const listed = await send(server.url(), "POST", "/mcp", {
      key: token,
      headers: { "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/list" },
      body: { jsonrpc: "2.0", id: 1, method: "tools/list", params },
    });
    // What a list holds depends on the token's scope: nobody else may be given it.
    expect(listed.json).toMatchObject({ result: { cacheScope: "private", tools: expect.any(Array) } });
    expect(listed.headers.get("cache-control")).toBe("no-store");
  });

  it("TRN-08 BER-11: is never told 401 for another fault: wrong method, wrong path, wrong body", async () => {
    const { token } = await connected();
    const get = await send(server.url(), "GET", "/mcp", { key: token });
    expect([get.status, get.headers.get("allow")]).toEqual([405, "POST"]);
    expect((await rest(token, "GET", "/v1/nothing")).status).toBe(404);
    expect((await rest(token, "DELETE", "/v1/me")).status).toBe(405);
    expect(
      (
        await send(server.url(), "POST", "/v1/remember", {
          key: token,
          body: "{",
          headers: { "content-type": "application/json" },
        })
      ).status,
    ).toBe(400);
  });

  it("BER-06: in the query or in a form is not looked at", async () => {
    const { token } = await connected();
    expect((await send(server.url(), "GET", `/v1/me?access_token=${token}`)).status).toBe(401);
    const form = { headers: { "content-type": "application/x-www-form-urlencoded" }, body: `access_token=${token}` };
    expect((await send(server.url(), "POST", "/mcp", form)).status).toBe(401);
    expect((await send(server.url(), "GET", `/v1/me?access_token=${token}`, { key: token })).status).toBe(400);
  });

  it("BER-07 BER-08: beside another credential is refused; the scheme is read in any case", async () => {
    const { token } = await connected();
    const key = "psy_0000000000000000000000000000000000000000000000000000";
    expect((await send(server.url(), "GET", "/v1/me", { key: token, headers: { "x-pensyve-key": key } })).status).toBe(
      400,
    );
    for (const scheme of ["bearer", "BEARER"]) {
      expect(
        (await send(server.url(), "GET", "/v1/me", { headers: { authorization: `${scheme}  ${token}` } })).status,
      ).toBe(200);
    }
  });
});

describe("a token that is not good", () => {
  /** What MCP answers to a key that never was: every bad token gets the same. */
  const bad = async (token: string): Promise<void> => {
    const answer = await rpc(token, "tools/list");
    const unknown = await rpc("psy_0000000000000000000000000000000000000000000000000000", "tools/list");
    expect([answer.status, challengeOf(answer)]).toEqual([401, challengeOf(unknown)]);
    expect(challengeOf(answer)).toMatch(
      /^Bearer error="invalid_token", error_description="The credential is not valid"/,
    );
    expect(challengeOf(answer)).toContain(metadata("/mcp"));
    expect({ ...answer.json, request_id: "" }).toEqual({ ...unknown.json, request_id: "" });
  };

  it("BER-04 BER-18: withdrawn: 401 invalid_token, as for a key that never was", async () => {
    const { token, grantId, userId } = await connected();
    expect((await rpc(token, "tools/list")).status).toBe(200);
    await withdrawGrant({ kind: "user", userId, isAdministrator: false }, { grantId });
    await bad(token);
  });

  it("BER-04 BER-18: expired, warm or cold", async () => {
    const [warm, cold] = [await connected(), await connected()];
    expect((await rpc(warm.token, "tools/list")).status).toBe(200);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_606_000 });
    try {
      await bad(warm.token);
      await bad(cold.token);
    } finally {
      vi.useRealTimers();
    }
  });

  it("BER-04 BER-18: of another server, of another audience, changed, cut", async () => {
    const { token } = await connected();
    const [head = "", body = "", signature = ""] = token.split(".");
    const claims = (more: Record<string, unknown>) =>
      Buffer.from(JSON.stringify({ ...tokenClaims(token), ...more })).toString("base64url");
    for (const changed of [
      `${head}.${claims({ iss: "https://other.example" })}.${signature}`,
      `${head}.${claims({ aud: "https://other.example/mcp" })}.${signature}`,
      `${head}.${claims({ exp: 1 })}.${signature}`,
      `${head}.${body}.${signature.slice(0, -2)}`,
      `${head}.${body}`,
      "garbage",
    ]) {
      await bad(changed);
    }
  });
});
