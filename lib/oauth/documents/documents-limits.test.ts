import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { testAuthorizationServer } from "#test/authorization-server.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { documentHost } from "#test/document-host.ts";

testDatabase();
const host = documentHost();
const server = testAuthorizationServer({ TRUST_PROXY: "1" }, host.fetch);
/** Time stands, so that no allowance grows while a test uses it up; sockets keep theirs. */
let now = Date.now();
const passSeconds = (seconds: number): void => {
  now += seconds * 1_000;
  vi.setSystemTime(now);
};
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now });
  // Of what the test before has used up nothing is missing any more.
  passSeconds(3_600);
});
afterEach(() => {
  host.reconnect();
  vi.useRealTimers();
});

let ids = 0;
function documentOf(at: string, more: Record<string, unknown> = {}) {
  ids += 1;
  return {
    client_id: `https://${at}/${ids}.json`,
    client_name: "Document client",
    redirect_uris: ["http://127.0.0.1/callback"],
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    token_endpoint_auth_method: "none",
    ...more,
  };
}
let addresses = 0;
/** The status of a request to authorize, from an address of its own unless told otherwise. */
async function ask(clientId: string, address?: string): Promise<number> {
  addresses += 1;
  const url = new URL(`${server.url()}/oauth/authorize`);
  url.search = new URLSearchParams({
    response_type: "code",
    client_id: clientId,
    redirect_uri: "http://127.0.0.1/callback",
    code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    code_challenge_method: "S256",
    resource: `${server.url()}/mcp`,
  }).toString();
  const from = address ?? `198.51.${100 + Math.floor(addresses / 250)}.${addresses % 250}`;
  const headers = { accept: "application/json", "x-forwarded-for": from };
  const response = await fetch(url, { redirect: "manual", headers });
  await response.text();
  return response.status;
}
async function askTimes(times: number, clientId: (index: number) => string, address?: string): Promise<number[]> {
  const statuses: number[] = [];
  for (let index = 0; index < times; index += 1) statuses.push(await ask(clientId(index), address));
  return statuses;
}
const count = (statuses: readonly number[], status: number): number =>
  statuses.filter((each) => each === status).length;

test("CIM-16 attack 23: what is refused to one address for its many new hosts takes nothing from the others", async () => {
  const statuses = await askTimes(140, (index) => `https://new-${index}.example/c.json`, "203.0.113.50");
  expect([count(statuses, 400), count(statuses, 429)]).toEqual([10, 130]);
  const document = documentOf("fresh.example");
  host.publish(document);
  expect(await ask(document.client_id)).toBe(303);
});

test("CIM-16 attack 23: a document that was good once is not fetched without limit while it fails, for one address", async () => {
  const document = documentOf("turned.example");
  host.publish(document);
  expect(await ask(document.client_id)).toBe(303);
  passSeconds(31);
  host.answerWith(document.client_id, () => new Response("gone", { status: 404 }));
  const statuses = await askTimes(70, () => document.client_id, "203.0.113.51");
  expect([count(statuses, 400), count(statuses, 429)]).toEqual([60, 10]);
  expect(host.asked(document.client_id)).toBe(61);
});

test.each<[string, (id: string) => void]>([
  ["has taken it away", (id) => host.answerWith(id, () => new Response("gone", { status: 404 }))],
  ["has spoilt it", (id) => host.answerWith(id, () => new Response("{}"))],
])(
  "CIM-16 CIM-14 attack 23: nor for many addresses; nothing stands in for a document when its host %s; others of that host go on",
  async (name, fail) => {
    const at = `${name.replaceAll(" ", "-")}.example`;
    const [document, other] = [documentOf(at), documentOf(at)];
    host.publish(document);
    host.publish(other);
    const user = await insertUser();
    const tokens = await server.connect(user.id, { clientId: document.client_id });
    const before = host.asked(document.client_id);
    expect(await ask(other.client_id)).toBe(303);
    passSeconds(31);
    fail(document.client_id);
    const statuses = await askTimes(80, () => document.client_id);
    expect(count(statuses, 400)).toBe(80);
    // Once when it was not known to fail, then what its host is allowed.
    expect(host.asked(document.client_id)).toBe(before + 61);
    expect((await server.refresh(document.client_id, tokens.refresh_token)).json).toMatchObject({
      error: "invalid_client",
    });
    expect(await ask(other.client_id)).toBe(303);
    // Repaired, it is taken as soon as its host may be asked again.
    host.publish(document);
    passSeconds(2);
    expect(await ask(document.client_id)).toBe(303);
  },
);

test("CIM-16 CIM-14 attack 23: a crowd that asks for what does not answer keeps nobody from refreshing with the last good document", async () => {
  const document = documentOf("silent.example");
  host.publish(document);
  const user = await insertUser();
  const tokens = await server.connect(user.id, { clientId: document.client_id });
  const before = host.asked(document.client_id);
  passSeconds(31);
  host.disconnect();
  expect(count(await askTimes(70, () => document.client_id), 400)).toBe(70);
  expect(host.asked(document.client_id)).toBe(before + 61);
  expect((await server.refresh(document.client_id, tokens.refresh_token)).status).toBe(200);
});

test("attack 23: a sector_identifier_uri is never fetched, whoever names it", async () => {
  const sector = "https://inside.example/sector.json";
  const registered = await server.register({ sector_identifier_uri: sector });
  expect(registered.status).toBe(201);
  expect(registered.json).not.toHaveProperty("sector_identifier_uri");
  const document = documentOf("sector.example", { sector_identifier_uri: sector });
  host.publish(document);
  expect(await ask(document.client_id)).toBe(303);
  expect(host.asked(sector)).toBe(0);
});

test("attack 23: a key set is fetched once in half a minute, whatever is presented and whatever its host says", async () => {
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  const jwk = { ...(await exportJWK(publicKey)), kid: "1", alg: "ES256", use: "sig" };
  const keySet = "https://keys.example/jwks.json";
  const document = documentOf("signing.example", { token_endpoint_auth_method: "private_key_jwt", jwks_uri: keySet });
  host.publish(document, { headers: { "cache-control": "max-age=3600" } });
  const user = await insertUser();
  const { code, verifier } = await server.authorize({ clientId: document.client_id, userId: user.id });
  let assertions = 0;
  const exchange = async () => {
    assertions += 1;
    const assertion = await new SignJWT({})
      .setProtectedHeader({ alg: "ES256", kid: "1" })
      .setIssuer(document.client_id)
      .setSubject(document.client_id)
      .setAudience(server.url())
      .setJti(`jti-${assertions}`)
      .setIssuedAt()
      .setExpirationTime("1m")
      .sign(privateKey);
    return await server.exchange(document.client_id, code, verifier, {
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      client_assertion: assertion,
    });
  };
  host.answerWith(keySet, () => new Response("oops", { status: 500 }));
  const failed = await Promise.all(Array.from({ length: 10 }, exchange));
  failed.push(await exchange());
  for (const { status } of failed) expect(status).toBe(401);
  expect(host.asked(keySet)).toBe(1);
  host.answerWith(keySet, () => Response.json({ keys: [jwk] }));
  passSeconds(31);
  expect((await exchange()).status).toBe(200);
  // The code is used up, but that is found out after the assertion was verified.
  expect((await exchange()).status).toBe(400);
  expect(host.asked(keySet)).toBe(2);
});
