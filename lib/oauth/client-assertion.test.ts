import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { beforeAll, expect, test } from "vitest";
import { newId } from "#lib/ids.ts";
import { testAuthorizationServer } from "#test/authorization-server.ts";
import { askAuthorize, authorizeForm } from "#test/authorize-request.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { isFirstUse } from "./replay-detection.ts";

testDatabase();
const server = testAuthorizationServer();
const { privateKey, publicKey } = await generateKeyPair("EdDSA");
let clientId = "";

beforeAll(async () => {
  const { json } = await server.register({
    client_name: newId(),
    redirect_uris: ["https://app.example.org/callback"],
    token_endpoint_auth_method: "private_key_jwt",
    jwks: { keys: [{ ...(await exportJWK(publicKey)), alg: "EdDSA", use: "sig" }] },
  });
  clientId = json.client_id;
});

type Claims = Record<string, unknown>;
async function assertion(changes: Claims = {}, key = privateKey): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: clientId, sub: clientId, aud: server.url(), jti: newId(), iat: now, exp: now + 60, ...changes };
  return await new SignJWT(claims).setProtectedHeader({ alg: "EdDSA" }).sign(key);
}
/** With a refresh token that nobody made: invalid_grant says that the client was believed. */
async function present(client_assertion: string, more: Record<string, string> = {}) {
  const { status, json } = await server.post("/oauth/token", {
    grant_type: "refresh_token",
    refresh_token: "psr_nobody-made-this",
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion,
    ...more,
  });
  return [status, json["error"]];
}
const believed = [400, "invalid_grant"];
const refused = [401, "invalid_client"];

test("TOK-11: a signed assertion for the issuer authenticates the client", async () => {
  expect(await present(await assertion())).toEqual(believed);
  expect(await present(await assertion({ aud: [server.url()] }), { client_id: clientId })).toEqual(believed);
});

test("TOK-11: an assertion counts once, also of 20 at the same time", async () => {
  const used = await assertion();
  expect(await present(used)).toEqual(believed);
  expect(await present(used)).toEqual(refused);
  const fresh = await assertion();
  const answers = await Promise.all(Array.from({ length: 20 }, () => present(fresh)));
  expect(answers.filter(([, error]) => error === "invalid_grant")).toHaveLength(1);
  expect(answers.filter(([, error]) => error === "invalid_client")).toHaveLength(19);
});

test.each<[string, () => Claims]>([
  ["for somebody else", () => ({ aud: "https://other.example" })],
  ["for us and somebody else", () => ({ aud: [server.url(), "https://other.example"] })],
  ["for the token endpoint instead of the issuer", () => ({ aud: `${server.url()}/oauth/token` })],
  ["without audience", () => ({ aud: undefined })],
  ["that is over", () => ({ exp: Math.floor(Date.now() / 1000) - 60 })],
  ["without an end", () => ({ exp: undefined })],
  ["for an hour", () => ({ exp: Math.floor(Date.now() / 1000) + 3_600 })],
  ["without jti", () => ({ jti: undefined })],
  ["of another issuer", () => ({ iss: "https://other.example" })],
  ["of a client whose name is a number", () => ({ sub: 1 })],
  ["of a client whose name is an object", () => ({ sub: { name: "x" } })],
])("TOK-11: an assertion %s is refused", async (_name, changes) => {
  expect(await present(await assertion(changes()))).toEqual(refused);
});

test("TOK-11: an assertion signed with another key, or not signed, is refused", async () => {
  const { privateKey: other } = await generateKeyPair("EdDSA");
  expect(await present(await assertion({}, other))).toEqual(refused);
  const [, payload] = (await assertion()).split(".");
  const none = Buffer.from(JSON.stringify({ alg: "none" })).toString("base64url");
  expect(await present(`${none}.${payload}.`)).toEqual(refused);
});

test("TOK-10 attack 28: an assertion beside a secret is refused", async () => {
  expect(await present(await assertion(), { client_secret: "x" })).toEqual([400, "invalid_request"]);
});

test("TOK-11: a jti may come again when it is over, and is another one for another issuer", async () => {
  const now = Date.now() / 1000;
  expect(await isFirstUse("a", "b", now - 1)).toBe(true);
  expect(await isFirstUse("a", "b", now + 60)).toBe(true);
  expect(await isFirstUse("a", "b", now + 60)).toBe(false);
  expect(await isFirstUse("ab", "", now + 60)).toBe(true);
  expect(await isFirstUse("", "ab", now + 60)).toBe(true);
});

test("AUT-05 attack 12: a client with a key goes nowhere without PKCE either", async () => {
  const challenge = { code_challenge: undefined, code_challenge_method: undefined };
  const form = authorizeForm(server.url(), clientId, {
    redirect_uri: "https://app.example.org/callback",
    ...challenge,
  });
  const { location } = await askAuthorize(server.url(), form);
  expect([location?.host, location?.searchParams.get("error")]).toEqual(["app.example.org", "invalid_request"]);
});

test("TOK-11: tokens come of it", async () => {
  const userId = (await insertUser()).id;
  const redirect_uri = "https://app.example.org/callback";
  const { code, verifier } = await server.authorize({ clientId, userId, parameters: { redirect_uri } });
  const { status, json } = await server.exchange(clientId, code, verifier, {
    redirect_uri,
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: await assertion(),
  });
  expect([status, json.token_type]).toEqual([200, "Bearer"]);
});
