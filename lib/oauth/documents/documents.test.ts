import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterEach, expect, test, vi } from "vitest";
import { db } from "#lib/db.ts";
import { renewProvider } from "#lib/oauth/provider.ts";
import { loadSigningKeys } from "#lib/oauth/signing/signing-keys.ts";
import { testAuthorizationServer } from "#test/authorization-server.ts";
import { askAuthorize, authorizeForm } from "#test/authorize-request.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { documentHost } from "#test/document-host.ts";
import { sendRpc } from "#test/gateway.ts";
import { redirectFacts } from "../consent/client-facts.ts";
import { SHIPPED_COPIES } from "./shipped-copies.ts";

testDatabase();
const host = documentHost();
const server = testAuthorizationServer({ TRUST_PROXY: "1" }, host.fetch);
afterEach(() => {
  host.reconnect();
  vi.useRealTimers();
});

let ids = 0;
function documentOf(more: Record<string, unknown> = {}) {
  ids += 1;
  return {
    client_id: `https://client.example/${ids}.json`,
    client_name: "Document client",
    redirect_uris: ["http://127.0.0.1/callback", "http://localhost/callback"],
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    token_endpoint_auth_method: "none",
    ...more,
  };
}
let addresses = 0;
/** A request to authorize, from an address of its own unless told otherwise. */
async function ask(clientId: string, address?: string, redirectUri = "http://127.0.0.1/callback") {
  addresses += 1;
  const url = new URL(`${server.url()}/oauth/authorize`);
  url.search = new URLSearchParams({
    response_type: "code",
    client_id: clientId,
    redirect_uri: redirectUri,
    code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    code_challenge_method: "S256",
    resource: `${server.url()}/mcp`,
  }).toString();
  const from = address ?? `203.0.${Math.floor(addresses / 250)}.${addresses % 250}`;
  const response = await fetch(url, {
    redirect: "manual",
    headers: { accept: "application/json", "x-forwarded-for": from },
  });
  return {
    status: response.status,
    location: response.headers.get("location"),
    text: await response.text(),
  };
}
/** Time passes, for what a document's lifetime is compared with. Sockets keep theirs. */
function passSeconds(seconds: number): void {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + seconds * 1_000 });
}

test("CIM-01 CIM-10 CIM-11 S01: a client is known by its document alone: any loopback port, verified by its host, tokens, refresh", async () => {
  const document = documentOf();
  host.publish(document);
  const user = await insertUser();
  const tokens = await server.connect(user.id, {
    clientId: document.client_id,
    parameters: { redirect_uri: "http://localhost:53682/callback" },
  });
  expect((await sendRpc(server.url(), tokens.access_token, "tools/list")).status).toBe(200);
  const refreshed = await server.refresh(document.client_id, tokens.refresh_token);
  expect(refreshed.status).toBe(200);
  const grant = await db().oAuthGrant.findUniqueOrThrow({ where: { id: tokens.grantId } });
  expect(grant).toMatchObject({ trust: "verified", clientHost: "client.example", clientName: "Document client" });
  expect(await db().oAuthClient.count({ where: { id: document.client_id } })).toBe(0);
});

test.each([
  ["plain http", "http://client.example/c.json"],
  ["a scheme in capitals", "HTTPS://client.example/capitals.json"],
  ["no path", "https://client.example"],
  ["no path but a slash", "https://client.example/"],
  ["a dot segment", "https://client.example/a/../c.json"],
  ["an encoded dot segment", "https://client.example/a/%2e%2e/c.json"],
  ["a fragment", "https://client.example/c.json#x"],
  ["a user name", "https://user@client.example/c.json"],
])("CIM-02: an id with %s is refused, and nothing is fetched", async (_name, id) => {
  host.publish(documentOf({ client_id: id }));
  const { status, location } = await ask(id);
  expect(status).toBeGreaterThanOrEqual(400);
  expect(location).toBeNull();
  expect(host.asked(id)).toBe(0);
});

test.each<[string, Record<string, unknown>]>([
  ["CIM-03: another client_id, by one byte", { client_id: "https://client.example/anotheR.json" }],
  ["CIM-08: a secret", { client_secret: "a secret" }],
  ["CIM-08: a method with a shared secret", { token_endpoint_auth_method: "client_secret_basic" }],
  ["CIM-08: another method with a shared secret", { token_endpoint_auth_method: "client_secret_post" }],
  ["CIM-03 attack 20: a script as redirect URI", { redirect_uris: ["javascript:alert(1)"] }],
  ["CIM-03 attack 20: plain http to another host", { redirect_uris: ["http://evil.example/"] }],
  ["CIM-04 attack 23: more than 5 KB", { note: "x".repeat(5_200) }],
])("%s is refused without a redirect, and not kept", async (_name, more) => {
  const good = documentOf();
  const id = good.client_id;
  host.answerWith(id, () => new Response(JSON.stringify({ ...good, ...more })));
  const { status, location } = await ask(id);
  expect(status).toBe(400);
  expect(location).toBeNull();
  expect(await db().clientDocument.count({ where: { clientId: id } })).toBe(0);
  // CIM-07: the next request asks again, and a repaired document works at once.
  host.publish(good);
  expect((await ask(id)).location).toMatch(/^\/consent\//);
});

test.each<[string, () => Response]>([
  ["a redirect", () => new Response(null, { status: 302, headers: { location: "https://client.example/other.json" } })],
  ["another status than 200", () => new Response("{}", { status: 201 })],
  ["an error", () => new Response("oops", { status: 500 })],
  ["no JSON", () => new Response("<html>")],
  ["no object", () => new Response("[1]")],
  ["nothing", () => new Response("")],
])("CIM-04 CIM-07 attack 23: %s is no document, and is asked for again", async (_name, answer) => {
  const document = documentOf();
  host.answerWith(document.client_id, answer);
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    const { status, location } = await ask(document.client_id);
    expect([status, location]).toEqual([400, null]);
    expect(host.asked(document.client_id)).toBe(attempt);
  }
  host.publish(document);
  expect((await ask(document.client_id)).status).toBe(303);
});

test("CIM-07: a document is kept as long as it says, within 30 s and a day, for all providers; a crowd asks once", async () => {
  const short = documentOf();
  const long = documentOf();
  host.publish(short, { headers: { "cache-control": "no-store" } });
  host.publish(long, { headers: { "cache-control": "public, max-age=999999" } });
  await Promise.all(Array.from({ length: 20 }, () => ask(short.client_id, "203.0.113.99")));
  expect(host.asked(short.client_id)).toBe(1);
  await ask(long.client_id);
  const { jwks } = await loadSigningKeys(server.environment());
  renewProvider(server.environment(), jwks);
  await ask(short.client_id);
  expect(host.asked(short.client_id)).toBe(1);
  passSeconds(31);
  await ask(short.client_id);
  await ask(long.client_id);
  expect([host.asked(short.client_id), host.asked(long.client_id)]).toEqual([2, 1]);
  passSeconds(86_401);
  await ask(long.client_id);
  expect(host.asked(long.client_id)).toBe(2);
});

test("CIM-08: a client may prove itself with a key of its document", async () => {
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  const jwk = { ...(await exportJWK(publicKey)), kid: "1", alg: "ES256", use: "sig" };
  const document = documentOf({ token_endpoint_auth_method: "private_key_jwt", jwks: { keys: [jwk] } });
  host.publish(document);
  const assertion = await new SignJWT({})
    .setProtectedHeader({ alg: "ES256", kid: "1" })
    .setIssuer(document.client_id)
    .setSubject(document.client_id)
    .setAudience(server.url())
    .setJti("once")
    .setIssuedAt()
    .setExpirationTime("1m")
    .sign(privateKey);
  const user = await insertUser();
  const { code, verifier } = await server.authorize({ clientId: document.client_id, userId: user.id });
  const anonymous = await server.exchange(document.client_id, code, verifier);
  expect([anonymous.status, anonymous.json]).toEqual([401, expect.objectContaining({ error: "invalid_client" })]);
  const proven = await server.exchange(document.client_id, code, verifier, {
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: assertion,
  });
  expect(proven.status).toBe(200);
});

test("CIM-09 S19: grant types and members that nobody here knows are ignored", async () => {
  const document = documentOf({
    grant_types: ["authorization_code", "refresh_token", "urn:example:unknown"],
    response_types: ["code", "none"],
    software_statement: "x",
    made_up: [1, 2],
  });
  host.publish(document);
  expect((await ask(document.client_id)).location).toMatch(/^\/consent\//);
});

test("CIM-12: pages never get an address to load: what a document says of its pictures is not stored with a grant", async () => {
  const document = documentOf({ logo_uri: "https://client.example/logo.png", client_uri: "https://client.example" });
  host.publish(document);
  const user = await insertUser();
  const { grantId } = await server.connect(user.id, { clientId: document.client_id });
  const grant = await db().oAuthGrant.findUniqueOrThrow({ where: { id: grantId } });
  expect(JSON.stringify(grant)).not.toContain("logo.png");
  expect(host.asked("https://client.example/logo.png")).toBe(0);
});

test("CIM-14: redirect URIs that a document has no more are refused at once when it is fetched again", async () => {
  const document = documentOf();
  host.publish(document);
  expect((await ask(document.client_id)).status).toBe(303);
  host.publish({ ...document, redirect_uris: ["https://client.example/new"] });
  passSeconds(31);
  expect((await ask(document.client_id)).status).toBe(400);
  expect((await ask(document.client_id, undefined, "https://client.example/new")).status).toBe(303);
});

test.each<[string, (id: string) => void]>([
  ["nothing answers", () => host.disconnect()],
  ["the host has an error", (id) => host.answerWith(id, () => new Response("", { status: 503 }))],
])(
  "CIM-14: while %s, tokens are refreshed with the last good document, and nobody new is let in with it",
  async (_name, fail) => {
    const document = documentOf();
    host.publish(document);
    const user = await insertUser();
    const tokens = await server.connect(user.id, { clientId: document.client_id });
    passSeconds(31);
    fail(document.client_id);
    const refreshed = await server.refresh(document.client_id, tokens.refresh_token);
    expect(refreshed.status).toBe(200);
    expect((await ask(document.client_id)).status).toBe(400);
    // Not for ever: a week after the last good answer the client is unknown.
    passSeconds(8 * 86_400);
    const late = await server.refresh(document.client_id, refreshed.json.refresh_token);
    expect(late.json).toMatchObject({ error: "invalid_client" });
  },
);

test("CIM-14: a document that its host has taken away counts no more anywhere", async () => {
  const document = documentOf();
  host.publish(document);
  const user = await insertUser();
  const tokens = await server.connect(user.id, { clientId: document.client_id });
  passSeconds(31);
  host.answerWith(document.client_id, () => new Response("", { status: 404 }));
  expect((await server.refresh(document.client_id, tokens.refresh_token)).json).toMatchObject({
    error: "invalid_client",
  });
});

test("CIM-14: what was fetched but not valid never replaces the last good document", async () => {
  const document = documentOf();
  host.publish(document);
  const user = await insertUser();
  const tokens = await server.connect(user.id, { clientId: document.client_id });
  passSeconds(31);
  host.answerWith(document.client_id, () => new Response(JSON.stringify({ ...document, client_secret: "x" })));
  expect((await ask(document.client_id)).status).toBe(400);
  host.disconnect();
  expect((await server.refresh(document.client_id, tokens.refresh_token)).status).toBe(200);
  const row = await db().clientDocument.findUniqueOrThrow({ where: { clientId: document.client_id } });
  expect(row.document).toEqual(document);
});

test("CIM-15 REF-04 S09 attack 23: two installations of one document client have grants of their own", async () => {
  const document = documentOf();
  host.publish(document);
  const user = await insertUser();
  const [one, two] = [
    await server.connect(user.id, { clientId: document.client_id }),
    await server.connect(user.id, { clientId: document.client_id }),
  ];
  expect(one.grantId).not.toBe(two.grantId);
  await server.post("/oauth/revoke", { client_id: document.client_id, token: one.refresh_token });
  expect((await server.refresh(document.client_id, one.refresh_token)).status).toBe(400);
  expect((await server.refresh(document.client_id, two.refresh_token)).status).toBe(200);
});

test("CIM-16 attack 23: an address that names ever new hosts gets 429; hosts and documents that are known cost nothing", async () => {
  const known = documentOf();
  host.publish(known);
  expect((await ask(known.client_id)).status).toBe(303);
  const address = "203.0.113.200";
  const statuses: number[] = [];
  for (let index = 0; index < 15; index += 1) {
    statuses.push((await ask(`https://host-${index}.example/c.json`, address)).status);
  }
  expect(statuses.slice(0, 10)).toEqual(Array<number>(10).fill(400));
  expect(statuses.slice(10)).toEqual(Array<number>(5).fill(429));
  expect(host.asked("https://host-14.example/c.json")).toBe(0);
  expect((await ask(known.client_id, address)).status).toBe(303);
  expect((await ask(known.client_id)).status).toBe(303);
});

test("CIM-13 ASM-07: the metadata says that documents are taken", async () => {
  const metadata = await (await fetch(`${server.url()}/.well-known/oauth-authorization-server`)).json();
  expect(metadata).toMatchObject({ client_id_metadata_document_supported: true });
});

test.each([
  ["of its own host", "https://client.example/callback"],
  ["of another host", "https://elsewhere.example/callback"],
])(
  "BCP-03 attack 11: an error of a document that nobody has checked sends nobody to a website %s",
  async (_case, redirectUri) => {
    const document = documentOf({ redirect_uris: [redirectUri] });
    host.publish(document);
    const silently = async (accept: string) => {
      const form = authorizeForm(server.url(), document.client_id, { redirect_uri: redirectUri, prompt: "none" });
      const answer = await askAuthorize(server.url(), form, { accept });
      return [answer.status, answer.location?.origin];
    };
    expect(await silently("text/html")).toEqual([400, undefined]);
    expect(await silently("application/json")).toEqual([303, new URL(redirectUri).origin]);
  },
);

test("AUT-22: an error of a document that is shipped with this server goes to its website as ever", async () => {
  const shipped = SHIPPED_COPIES.flatMap(({ document }) =>
    document.redirect_uris
      .filter((uri) => redirectFacts(uri).redirectKind === "web")
      .map((uri) => [document, uri] as const),
  );
  expect(shipped.length).toBeGreaterThan(0);
  for (const [document, redirectUri] of shipped) {
    host.publish(document);
    const form = authorizeForm(server.url(), document.client_id, { redirect_uri: redirectUri, prompt: "none" });
    const answer = await askAuthorize(server.url(), form, { accept: "text/html" });
    expect([answer.status, answer.location?.host]).toEqual([303, new URL(redirectUri).host]);
  }
});
