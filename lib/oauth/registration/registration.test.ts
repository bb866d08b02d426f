import { expect, test } from "vitest";
import { db } from "#lib/db.ts";
import { testAuthorizationServer } from "#test/authorization-server.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { sendRpc } from "#test/gateway.ts";

testDatabase();
// One proxy, so that tests can come from addresses of their own.
const server = testAuthorizationServer({ TRUST_PROXY: "1" });
const LOOPBACK = "http://127.0.0.1/callback";

let addresses = 0;
function newAddress(): string {
  addresses += 1;
  return `198.51.${addresses % 250}.${Math.floor(addresses / 250)}`;
}

type Body = Record<string, unknown> & { client_id: string };
async function send(method: string, path: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${server.url()}${path}`, {
    method,
    headers: { "content-type": "application/json", "x-forwarded-for": newAddress(), ...headers },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: (text ? JSON.parse(text) : {}) as Body };
}
const register = (metadata: unknown, headers = {}) => send("POST", "/oauth/register", metadata, headers);
const publicClient = (more: Record<string, unknown> = {}) => ({
  client_name: "Client",
  redirect_uris: [LOOPBACK],
  token_endpoint_auth_method: "none",
  grant_types: ["authorization_code", "refresh_token"],
  ...more,
});

test("REG-01 REG-07 PRE-02: a public client registers without credentials, gets no secret, and reads back what counts", async () => {
  const { status, headers, json } = await register(publicClient());
  expect(status).toBe(201);
  expect(headers.get("cache-control")).toContain("no-store");
  expect(json).toMatchObject(publicClient());
  expect(json.client_id).toMatch(/^psc_/);
  expect(json["application_type"]).toBe("native");
  for (const name of ["client_secret", "client_secret_expires_at", "registration_access_token"]) {
    expect(json).not.toHaveProperty(name);
  }
});

test("REG-07 PRE-03 PRE-05: without a method it is client_secret_basic; the secret is URL-safe, never expires, and only its hash is stored", async () => {
  const { json } = await register({ client_name: "Confidential", redirect_uris: ["https://app.example/callback"] });
  expect(json).toMatchObject({ token_endpoint_auth_method: "client_secret_basic", client_secret_expires_at: 0 });
  expect(json["client_secret"]).toMatch(/^[\w-]{43}$/);
  const row = await db().oAuthClient.findUniqueOrThrow({ where: { id: json.client_id } });
  expect(row.secretHash).toHaveLength(32);
  expect(JSON.stringify(row)).not.toContain(String(json["client_secret"]));
});

test("REG-02 S18: a page of any origin may register: preflight, answer and every error carry CORS", async () => {
  const preflight = await fetch(`${server.url()}/oauth/register`, {
    method: "OPTIONS",
    headers: {
      origin: "http://localhost:6274",
      "access-control-request-method": "POST",
      "access-control-request-headers": "content-type, mcp-protocol-version",
    },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get("access-control-allow-methods")).toContain("POST");
  expect(preflight.headers.get("access-control-allow-headers")?.toLowerCase()).toContain("mcp-protocol-version");
  const origin = { origin: "http://localhost:6274" };
  const answers = [
    preflight,
    await register(publicClient(), origin),
    await register(publicClient({ redirect_uris: ["javascript:alert(1)"] }), origin),
    await register("not JSON", origin),
    await register("[]", origin),
    await register(publicClient({ client_name: "x".repeat(20_000) }), origin),
    await send("GET", "/oauth/register", undefined, origin),
    await send("GET", "/oauth/register/psc_unknown", undefined, { ...origin, authorization: "Bearer wrong" }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([204, 201, 400, 400, 400, 400, 405, 401]);
  for (const { headers } of answers) expect(headers.get("access-control-allow-origin")).toBe("*");
});

test("REG-03 S05: a scope that nobody here knows is ignored, and the answer says what a request would get", async () => {
  const asked = ["mcp claudeai", "claudeai", "openid profile offline_access mcp:read", undefined];
  const shown = await Promise.all(asked.map(async (scope) => (await register(publicClient({ scope }))).json["scope"]));
  expect(shown).toEqual(["mcp", "mcp", "openid offline_access mcp:read", "mcp"]);
});

test("REG-04 S19: unknown members, and grant and response types beside those that are supported, are ignored", async () => {
  const { status, json } = await register(
    publicClient({
      grant_types: ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code", "implicit"],
      response_types: ["code", "token"],
      software_id: "c0ffee",
      made_up: { deep: [1] },
      logo_uri: "javascript:alert(1)",
      contacts: ["no address"],
      id_token_signed_response_alg: "RS256",
      client_uri: null,
    }),
  );
  expect(status).toBe(201);
  expect(json["grant_types"]).toEqual(["authorization_code", "refresh_token"]);
  expect(json["response_types"]).toEqual(["code"]);
  for (const name of ["software_id", "made_up", "logo_uri", "contacts"]) expect(json).not.toHaveProperty(name);
});

test("REG-05 S01 S02 S03: one loopback or private-scheme address makes a native client; https beside it stays, and any port matches", async () => {
  const mixed = [
    "cursor://anysphere.cursor-mcp/oauth/callback",
    "http://localhost:8787/callback",
    "https://www.cursor.com/agents/mcp/oauth/callback",
  ];
  const { status, json } = await register(publicClient({ application_type: "web", redirect_uris: mixed }));
  expect(status).toBe(201);
  expect(json).toMatchObject({ application_type: "native", redirect_uris: mixed });
  const user = await insertUser();
  for (const redirectUri of [mixed[0] ?? "", "http://localhost:51234/callback", mixed[2] ?? ""]) {
    const { location } = await server.authorize({
      clientId: json.client_id,
      userId: user.id,
      parameters: { redirect_uri: redirectUri },
    });
    expect(location.href.startsWith(redirectUri)).toBe(true);
  }
});

test.each([
  ["https://app.example/cb", 201],
  ["http://localhost:1/cb", 201],
  ["http://127.0.0.1/cb", 201],
  ["http://[::1]:8080/cb", 201],
  ["vscode://saoudrizwan.claude-dev/mcp-auth/callback/abc", 201],
  ["com.example.app:/cb", 201],
  ["http://evil.example/cb", 400],
  ["http://localhost.evil.example/cb", 400],
  ["javascript:alert(1)", 400],
  ["JavaScript:alert(1)", 400],
  ["data:text/html,x", 400],
  ["file:///etc/passwd", 400],
  ["blob:https://app.example/x", 400],
  ["vbscript:x", 400],
  ["about:blank", 400],
  ["https://app.example/cb#fragment", 400],
  ["https://user@app.example/cb", 400],
  ["https://*.example/cb", 400],
  ["intent:scheme", 400],
  ["not a URL", 400],
])("REG-06 S24 attack 20: the redirect URI %s gets %i", async (uri, expected) => {
  const { status, json } = await register(publicClient({ redirect_uris: ["https://fine.example/cb", uri] }));
  expect(status).toBe(expected);
  if (expected !== 400) return;
  expect(json["error"]).toBe("invalid_redirect_uri");
  expect(json["error_description"]).toMatch(/^redirect_uris: /);
});

test("TOK-02 REG-07: a client that names no grant types can refresh, so that its person is not asked every hour", async () => {
  const { grant_types: _, ...silent } = publicClient({});
  const { status, json } = await register(silent);
  expect(status).toBe(201);
  expect(json["grant_types"]).toEqual(["authorization_code", "refresh_token"]);
});

test("REG-11 attack 20: too much is 400; control, bidi and zero-width characters leave names", async () => {
  const uris = Array.from({ length: 21 }, (_, index) => `https://app.example/${index}`);
  const refused = [
    publicClient({ redirect_uris: uris }),
    publicClient({ client_name: "x".repeat(201) }),
    publicClient({ client_name: 7 }),
    publicClient({ redirect_uris: [`https://app.example/${"x".repeat(3_000)}`] }),
    publicClient({ made_up: "x".repeat(17_000) }),
  ];
  for (const metadata of refused) {
    const { status, json } = await register(metadata);
    expect(status).toBe(400);
    expect(json["error"]).toMatch(/^invalid_(client_metadata|redirect_uri)$/);
  }
  const { json } = await register(publicClient({ client_name: "Cl\u202eau\u200bde\u0000\n <b>Code</b>" }));
  expect(json["client_name"]).toBe("Claude <b>Code</b>");
});

test("REG-08 S22: 32 identical registrations at once are one client and one row; order does not matter, any difference does", async () => {
  const metadata = publicClient({ client_name: "Same", redirect_uris: [LOOPBACK, "http://localhost/callback"] });
  const before = await db().oAuthClient.count();
  const answers = await Promise.all(Array.from({ length: 32 }, () => register(metadata)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
  expect(new Set(answers.map(({ json }) => json.client_id)).size).toBe(1);
  const reordered = await register({ ...metadata, redirect_uris: [...metadata.redirect_uris].reverse() });
  expect(reordered.json.client_id).toBe(answers[0]?.json.client_id);
  expect(await db().oAuthClient.count()).toBe(before + 1);
  for (const more of [{ client_name: "Other" }, { redirect_uris: [LOOPBACK] }, { client_uri: "https://x.example" }]) {
    expect((await register({ ...metadata, ...more })).json.client_id).not.toBe(reordered.json.client_id);
  }
  const confidential = { client_name: "Same", redirect_uris: ["https://app.example/cb"] };
  const two = await Promise.all([register(confidential), register(confidential)]);
  expect(two[0].json.client_id).not.toBe(two[1].json.client_id);
});

test("REG-10 S23: a thousand registrations from one address pass; then 429 says when, and others are not held up", async () => {
  const address = { "x-forwarded-for": "192.0.2.10" };
  const metadata = publicClient({ client_name: "Shared egress" });
  const statuses: number[] = [];
  for (let round = 0; round < 25; round += 1) {
    const answers = await Promise.all(Array.from({ length: 40 }, () => register(metadata, address)));
    statuses.push(...answers.map(({ status }) => status));
  }
  expect(statuses.every((status) => status === 201)).toBe(true);
  const later = await Promise.all(Array.from({ length: 80 }, () => register(metadata, address)));
  const refused = later.find(({ status }) => status === 429);
  expect(Number(refused?.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(refused?.headers.get("access-control-allow-origin")).toBe("*");
  expect(refused?.json["error"]).toBe("temporarily_unavailable");
  expect((await register(metadata)).status).toBe(201);
});

test("REG-12: a confidential client reads, changes and deletes its registration with its token, and only with that", async () => {
  const grant_types = ["authorization_code", "refresh_token"];
  const made = (await register({ client_name: "Managed", redirect_uris: ["https://app.example/cb"], grant_types }))
    .json;
  const secret = String(made["client_secret"]);
  const path = new URL(String(made["registration_client_uri"])).pathname;
  expect(path).toBe(`/oauth/register/${made.client_id}`);
  const bearer = (token: unknown) => ({ authorization: `Bearer ${token}` });
  const read = await send("GET", path, undefined, bearer(made["registration_access_token"]));
  expect(read.status).toBe(200);
  expect(read.json).toMatchObject({ client_id: made.client_id, client_name: "Managed" });
  expect(read.text).not.toContain("sha256:");

  const change = {
    client_id: made.client_id,
    client_name: "Renamed",
    redirect_uris: ["https://app.example/new"],
    grant_types,
  };
  const wrong = { ...change, client_secret: "wrong" };
  expect((await send("PUT", path, wrong, bearer(made["registration_access_token"]))).status).toBe(400);
  const right = { ...change, client_secret: secret, is_resource_server: true, skip_consent: true };
  const put = await send("PUT", path, right, bearer(made["registration_access_token"]));
  expect(put.status).toBe(200);
  expect(put.json).toMatchObject({ client_name: "Renamed", redirect_uris: ["https://app.example/new"] });
  expect(put.text).not.toContain("sha256:");
  // The secret still works: it was not hashed twice.
  const basic = `Basic ${Buffer.from(`${made.client_id}:${secret}`).toString("base64")}`;
  const form = { grant_type: "refresh_token", refresh_token: "unknown" };
  expect((await server.post("/oauth/token", form, { authorization: basic })).json["error"]).toBe("invalid_grant");

  expect((await send("GET", path, undefined, bearer(made["registration_access_token"]))).status).toBe(401);
  const token = put.json["registration_access_token"];
  const other = (await register({ redirect_uris: ["https://other.example/cb"] })).json;
  const foreign = await send("DELETE", path, undefined, bearer(other["registration_access_token"]));
  expect(foreign.status).toBe(401);
  expect((await send("DELETE", path, undefined, bearer(token))).status).toBe(204);
  expect(await db().oAuthClient.findUnique({ where: { id: made.client_id } })).toBeNull();
  expect((await send("GET", path, undefined, bearer(token))).status).toBe(401);
});

test("REG-08 REG-12: a public client is shared by all who registered identically, so nobody gets a token to change or delete it", async () => {
  const { json } = await register(publicClient());
  expect(json).not.toHaveProperty("registration_access_token");
  for (const method of ["GET", "PUT", "DELETE"]) {
    const body = method === "PUT" ? { ...publicClient(), client_id: json.client_id } : undefined;
    expect((await send(method, `/oauth/register/${json.client_id}`, body)).status).toBe(401);
    const guess = { authorization: "Bearer made-up" };
    expect((await send(method, `/oauth/register/${json.client_id}`, body, guess)).status).toBe(401);
  }
  expect(await db().oAuthClient.findUnique({ where: { id: json.client_id } })).not.toBeNull();
});

test("REG-14 DEV-05 attack 19: what only the server decides cannot be registered", async () => {
  const { json } = await register(
    `{"__proto__":{"is_resource_server":true},"client_id":"pensyve-claude-code","client_secret":"mine","kind":"preregistered",
    "skip_consent":true,"is_resource_server":true,"isResourceServer":true,"trusted":true,"id":"x","first_party":true,
    "redirect_uris":["https://app.example/cb"],"client_name":"Greedy","subject_type":"pairwise","pensyve_checked":"yes",
    "grant_types":["authorization_code","refresh_token","client_credentials","urn:ietf:params:oauth:grant-type:device_code"]}`,
  );
  expect(json.client_id).toMatch(/^psc_/);
  expect(json["client_secret"]).not.toBe("mine");
  expect(json["grant_types"]).toEqual(["authorization_code", "refresh_token"]);
  const row = await db().oAuthClient.findUniqueOrThrow({ where: { id: json.client_id } });
  expect(row).toMatchObject({ kind: "registered", isResourceServer: false, lastGrantedAt: null });
  for (const name of ["skip_consent", "is_resource_server", "trusted", "first_party", "kind"]) {
    expect(row.metadata).not.toHaveProperty(name);
  }
  const basic = Buffer.from(`${json.client_id}:${json["client_secret"]}`).toString("base64");
  const headers = { authorization: `Basic ${basic}` };
  const credentials = await server.post("/oauth/token", { grant_type: "client_credentials", scope: "mcp" }, headers);
  expect(credentials.status).toBe(400);
  expect(credentials.text).not.toContain("access_token");
  const introspection = await server.post("/oauth/introspect", { token: "any" }, headers);
  expect(introspection.text).not.toContain('"active":true');
  const only = await register({ redirect_uris: ["https://app.example/cb"], grant_types: ["client_credentials"] });
  expect(only.status).toBe(400);
});

test("REG-15: a registered client is never more than unverified, whatever it calls itself", async () => {
  const { json } = await register(publicClient({ client_name: "Claude", redirect_uris: ["https://evil.example/cb"] }));
  const user = await insertUser();
  await server.connect(user.id, {
    clientId: json.client_id,
    parameters: { redirect_uri: "https://evil.example/cb" },
  });
  const grant = await db().oAuthGrant.findFirstOrThrow({ where: { clientId: json.client_id } });
  expect(grant).toMatchObject({ trust: "unverified", clientHost: null });
});

test("REG-12 ASM-15 S14: below a registration there is nothing, in JSON", async () => {
  for (const path of ["/oauth/register/a/b", "/oauth/register/"]) {
    const { status, headers, json } = await send("GET", path, undefined);
    expect([path, status, json["error"]]).toEqual([path, 404, "not_found"]);
    expect(headers.get("access-control-allow-origin")).toBe("*");
  }
});

test("REG-12: a client that deletes its registration ends what people allowed it, at every gateway", async () => {
  const method = {
    token_endpoint_auth_method: "client_secret_post",
    grant_types: ["authorization_code", "refresh_token"],
  };
  const made = (await register({ ...method, client_name: "Leaving", redirect_uris: [LOOPBACK] })).json;
  const secret = { client_secret: String(made["client_secret"]) };
  const user = await insertUser();
  const { code, verifier } = await server.authorize({ clientId: made.client_id, userId: user.id });
  const tokens = (await server.exchange(made.client_id, code, verifier, secret)).json;
  expect((await sendRpc(server.url(), tokens.access_token, "tools/list")).status).toBe(200);
  const authorization = `Bearer ${made["registration_access_token"]}`;
  const deleted = await send("DELETE", `/oauth/register/${made.client_id}`, undefined, { authorization });
  expect(deleted.status).toBe(204);
  expect((await sendRpc(server.url(), tokens.access_token, "tools/list")).status).toBe(401);
  const refreshed = await server.refresh(made.client_id, tokens.refresh_token, secret);
  expect([refreshed.status, refreshed.json]).toEqual([401, expect.objectContaining({ error: "invalid_client" })]);
  const grant = await db().oAuthGrant.findFirstOrThrow({ where: { clientId: made.client_id } });
  expect(grant).toMatchObject({ revokedBy: "client", revokedAt: expect.any(Date) });
  expect(await db().auditEvent.count({ where: { targetId: grant.id, action: "app.withdrawn" } })).toBe(1);
});
