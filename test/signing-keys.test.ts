import { join } from "node:path";
import { decodeProtectedHeader, type JSONWebKeySet } from "jose";
import { beforeAll, expect, test } from "vitest";
import { OPERATOR } from "#lib/audit/actor.ts";
import { db, inTransaction } from "#lib/db.ts";
import { publish } from "#lib/events.ts";
import { type RotateSigningKey, rotateSigningKey } from "#lib/oauth/signing/rotate-signing-key.ts";
import { JWKS_CACHE_SECONDS, listSigningKeys } from "#lib/oauth/signing/signing-keys.ts";
import { type Tokens, testAuthorizationServer } from "./authorization-server.ts";
import { insertUser, testDatabase } from "./database.ts";
import { freePort } from "./free-port.ts";
import { type RunningServer, spawnServer, startServer } from "./start-server.ts";

const database = testDatabase();
const server = testAuthorizationServer();
const SOON = { timeout: 10_000 };
let tokens: Tokens & { clientId: string };

const rotate = (options: RotateSigningKey = {}, now?: Date) =>
  rotateSigningKey(OPERATOR, { environment: server.environment(), ...options }, now);
const kidOf = (token: string) => decodeProtectedHeader(token).kid;
const me = async (token: string, origin = server.url()) =>
  (await fetch(`${origin}/v1/me`, { headers: { authorization: `Bearer ${token}` } })).status;
const jwks = async () => (await (await fetch(`${server.url()}/oauth/jwks`)).json()) as JSONWebKeySet;
async function refreshed(): Promise<string> {
  const { status, json } = await server.refresh(tokens.clientId, tokens.refresh_token);
  expect(status).toBe(200);
  tokens = { ...tokens, ...json };
  return json.access_token;
}
/** A rotation whose key signs when this answers, as it would five minutes later. */
async function rotateUntilItSigns(): Promise<string> {
  const { kid } = await rotate();
  await letSign(kid);
  return kid;
}
/** Brings the time to sign of what waits for it; timestamps moved by hand are a change that nobody else tells of. */
async function letSign(kid: string): Promise<void> {
  await db().signingKey.updateMany({
    where: { signsFrom: { gt: new Date() } },
    data: { signsFrom: new Date(Date.now() - 1) },
  });
  await db().signingKey.update({ where: { kid }, data: { signsFrom: new Date() } });
  await tellEveryone(kid);
  await expect.poll(async () => kidOf(await refreshed()), SOON).toBe(kid);
}
function tellEveryone(kid: string): Promise<void> {
  return inTransaction((tx) => publish(tx, { type: "signing_key.changed", userId: null, subjectId: kid }));
}

beforeAll(async () => {
  tokens = await server.connect((await insertUser()).id);
});

test("ASM-16: the key set has public halves only, each with a kid of its own, its use and its algorithm", async () => {
  await rotate();
  await expect.poll(async () => (await jwks()).keys.length, SOON).toBe(2);
  const { keys } = await jwks();
  for (const { kid, x, ...rest } of keys) {
    expect(rest).toEqual({ kty: "OKP", crv: "Ed25519", use: "sig", alg: "EdDSA" });
    expect(kid).toMatch(/^[\w-]{43}$/);
    expect(x).toMatch(/^[\w-]{43}$/);
  }
  expect(new Set(keys.map(({ kid }) => kid)).size).toBe(keys.length);
});

test("JWT-12 ASM-16 attack 26: a key is published, then signs, then verifies only, then is gone, and no token is refused early", async () => {
  const before = await refreshed();
  const { kid } = await rotate();
  // Published at once; signs when nobody can hold a key set without it.
  await expect.poll(async () => (await jwks()).keys.map((key) => key.kid), SOON).toContain(kid);
  const meanwhile = await refreshed();
  expect(kidOf(meanwhile)).toBe(kidOf(before));
  const [newest] = await listSigningKeys();
  expect(newest).toMatchObject({ kid, state: "next", retiresAt: null });
  expect((newest?.signsFrom.getTime() ?? 0) - Date.now()).toBeGreaterThan((JWKS_CACHE_SECONDS - 20) * 1000);

  // Its time to sign comes; every process has a timer for it.
  await letSign(kid);
  expect(await me(tokens.access_token)).toBe(200);
  for (const old of [before, meanwhile]) expect(await me(old)).toBe(200);
  const old = (await listSigningKeys()).find((key) => key.kid === kidOf(before));
  expect(old).toMatchObject({ state: "retired" });
  // Longest token life and cache time after the rotation, at the least.
  const lastToken = Date.now() + server.environment().accessTokenSeconds * 1000;
  expect(old?.retiresAt?.getTime()).toBeGreaterThanOrEqual(lastToken);

  // Its last token has expired.
  await db().signingKey.update({ where: { kid: old?.kid ?? "" }, data: { retiresAt: new Date() } });
  await tellEveryone(kid);
  await expect.poll(() => me(before), SOON).toBe(401);
  await expect.poll(async () => (await jwks()).keys.map((key) => key.kid), SOON).not.toContain(old?.kid);
  expect(await me(tokens.access_token)).toBe(200);
});

test("JWT-05 attack 26 attack 30: a gateway that starts later, without SECRET, knows the keys of tokens that are alive, and those that come", async () => {
  const old = await refreshed();
  await rotateUntilItSigns();
  const newer = tokens.access_token;
  const gateway = await startGatewayAlone();
  try {
    const there = (token: string) => me(token, gateway.url);
    expect([await there(old), await there(newer)]).toEqual([200, 200]);
    await rotateUntilItSigns();
    expect([await there(tokens.access_token), await there(newer)]).toEqual([200, 200]);

    // A key that leaked: nothing of it is accepted once the rotation has answered, wherever it was accepted a moment ago.
    const leaked = tokens.access_token;
    const { kid, receipt, signers } = await rotate({ immediately: true });
    expect(await Promise.all([me(leaked), there(leaked), me(newer), there(newer)])).toEqual([401, 401, 401, 401]);
    expect(receipt).toMatchObject({ acknowledged: 2, of: 2 });
    expect(signers).toEqual({ renewed: 1, of: 1 });
    expect((await jwks()).keys.map((key) => key.kid)).toEqual([kid]);
    // Grants live: the client refreshes and goes on.
    expect(kidOf(await refreshed())).toBe(kid);
    expect([await me(tokens.access_token), await there(tokens.access_token)]).toEqual([200, 200]);
  } finally {
    expect(await gateway.stop()).toBe(0);
  }
}, 60_000);

/** On its own, it cannot even load what could sign, and what it finds in the database instead of private keys is nothing. */
async function startGatewayAlone(): Promise<RunningServer> {
  const rows = await db().signingKey.findMany({ select: { kid: true, privateJwk: true } });
  await db().signingKey.updateMany({ data: { privateJwk: new Uint8Array(1) } });
  const port = await freePort();
  const gateway = await startServer({
    port,
    nodeArgs: ["--import", join(import.meta.dirname, "refuse-authorization-server.ts")],
    env: {
      SERVE: "gateway",
      RATE_LIMIT: "1000000",
      DATABASE_URL: database.url(),
      PUBLIC_URL: server.url(),
      API_URL: `http://localhost:${port}`,
    },
  });
  for (const { kid, privateJwk } of rows) await db().signingKey.update({ where: { kid }, data: { privateJwk } });
  return gateway;
}

test("a rotation is refused where SECRET is another one: the servers that run could not read the new key", async () => {
  const other = { ...server.environment(), secret: "another secret of thirty-two bytes or more" };
  const before = await jwks();
  await expect(rotate({ environment: other })).rejects.toThrow(/cannot be decrypted.*SECRET_PREVIOUS/s);
  await expect(rotate({ environment: other, immediately: true })).rejects.toThrow(/cannot be decrypted/);
  expect(await jwks()).toEqual(before);
});

test("JWT-12: a server whose SECRET does not open the signing keys does not start, and says in one line what to do", async () => {
  const started = await spawnServer({
    env: { SERVE: "web,oauth", DATABASE_URL: database.url(), SECRET: "another secret of thirty-two bytes or more" },
  });
  try {
    expect(await started.exited).toBe(1);
    const line = started
      .output()
      .split("\n")
      .find((text) => text.startsWith("Pensyve Auth cannot start: "));
    expect(line).toMatch(/The signing key [\w-]{43} cannot be decrypted: .*SECRET_PREVIOUS.*rotate --now/);
    expect(started.output()).not.toContain("another secret");
  } finally {
    await started.stop();
  }
}, 60_000);
