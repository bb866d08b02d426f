import { importSPKI, jwtVerify, SignJWT } from "jose";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { OPERATOR } from "#lib/audit/actor.ts";
import { db } from "#lib/db.ts";
import { parseEnv } from "#lib/env.ts";
import { closeAcknowledgements } from "#lib/events/acknowledgements.ts";
import { testDatabase } from "#test/database.ts";
import { type RotateSigningKey, rotateSigningKey, tendSigningKeys } from "./rotate-signing-key.ts";
import { JWKS_CACHE_SECONDS, listSigningKeys, loadSigningKeys, prepareSigningKeys } from "./signing-keys.ts";

testDatabase();
const SECRET = "a secret of thirty-two bytes or more, for tests";
const OTHER = "another secret of thirty-two bytes or more, too";
const environment = parseEnv({ SECRET });
const START = new Date("2027-01-01T00:00:00Z");
const DAY_MS = 86_400_000;
const after = (seconds: number, from = START) => new Date(from.getTime() + seconds * 1000);
const rotate = (options: RotateSigningKey = {}, now = START) =>
  rotateSigningKey(OPERATOR, { environment, ...options }, now);
const states = async (now: Date) => Object.fromEntries((await listSigningKeys(now)).map((key) => [key.kid, key.state]));
const kidsOf = async (now: Date, given = environment) =>
  (await loadSigningKeys(given, now)).jwks.map((jwk) => jwk.kid ?? "");

beforeEach(async () => {
  await db().signingKey.deleteMany();
});
afterAll(() => closeAcknowledgements());

test("of processes that start at once, one makes the first key", async () => {
  await Promise.all(Array.from({ length: 6 }, () => prepareSigningKeys(environment, START)));
  expect(await listSigningKeys(START)).toHaveLength(1);
});

test("JWT-12 ASM-16: next, current, retired, gone: at every moment one key signs, and it is published before and after", async () => {
  await prepareSigningKeys(environment, START);
  const [first = ""] = await kidsOf(START);
  const { kid: second, signsFrom } = await rotate({}, after(1000));
  expect(signsFrom).toEqual(after(1000 + JWKS_CACHE_SECONDS));
  expect(await states(after(1001))).toEqual({ [second]: "next", [first]: "current" });
  expect(await kidsOf(after(1001))).toEqual([first, second]);
  expect(await states(signsFrom)).toEqual({ [second]: "current", [first]: "retired" });
  expect(await kidsOf(signsFrom)).toEqual([second, first]);
  // The longest token life and the skew of clocks after it signed for the last time, it is gone.
  const lastExpiry = after(environment.accessTokenSeconds + 5, signsFrom);
  expect(await kidsOf(lastExpiry)).toEqual([second, first]);
  expect(await kidsOf(after(61, lastExpiry))).toEqual([second]);
});

test("rotations that meet, or follow each other within the cache time, leave one key that signs and no gap", async () => {
  await prepareSigningKeys(environment, START);
  const rotated = await Promise.all([rotate(), rotate(), rotate({}, after(100))]);
  for (const at of [0, 299, 300, 399, 400, 3_000, 100_000]) {
    const signing = Object.values(await states(after(at))).filter((state) => state === "current");
    expect(signing).toHaveLength(1);
    const [signer = ""] = await kidsOf(after(at));
    const key = (await listSigningKeys(after(at))).find(({ kid }) => kid === signer);
    expect(key?.signsFrom.getTime()).toBeLessThanOrEqual(after(at).getTime());
    // What is signed now is verified until it expires.
    const expiry = after(at + environment.accessTokenSeconds + 5);
    expect(await kidsOf(expiry)).toContain(signer);
  }
  expect(new Set(rotated.map(({ kid }) => kid)).size).toBe(3);
});

test("attack 26: an immediate rotation removes every other key, those waiting to sign included, and says so in the audit trail", async () => {
  await prepareSigningKeys(environment, START);
  const before = [(await rotate()).kid, ...(await kidsOf(START))];
  const { kid, receipt, signers } = await rotate({ immediately: true }, after(10));
  expect(await kidsOf(after(10))).toEqual([kid]);
  // A clock that is behind signs with it too.
  expect(await kidsOf(START)).toEqual([kid]);
  expect({ receipt, signers }).toMatchObject({ receipt: { of: 0 }, signers: { renewed: 0, of: 0 } });
  const row = await db().auditEvent.findFirst({ where: { action: "signing_key.rotated", targetId: kid } });
  expect(row).toMatchObject({ actorKind: "command_line", userId: null, details: { immediately: true } });
  for (const old of before) expect(JSON.stringify(row?.details)).toContain(old);
});

test("keys grow old: after SIGNING_KEY_DAYS one process makes the next, and rows of keys that are gone are deleted", async () => {
  await prepareSigningKeys(environment, START);
  const soon = new Date(START.getTime() + 90 * DAY_MS - 1);
  await tendSigningKeys(environment, soon);
  expect(await kidsOf(soon)).toHaveLength(1);
  const due = new Date(START.getTime() + 90 * DAY_MS);
  await tendSigningKeys({ ...environment, signingKeyDays: 0 }, due);
  expect(await kidsOf(due)).toHaveLength(1);
  await Promise.all(Array.from({ length: 4 }, () => tendSigningKeys(environment, due)));
  expect(Object.values(await states(due))).toEqual(["next", "current"]);
  const row = await db().auditEvent.findFirst({
    where: { action: "signing_key.rotated" },
    orderBy: { occurredAt: "desc" },
  });
  expect(row).toMatchObject({ actorKind: "system", occurredAt: due });
  await tendSigningKeys(environment, new Date(due.getTime() + DAY_MS));
  expect(await db().signingKey.count()).toBe(1);
});

describe("JWT-12: at rest", () => {
  test("the private half is unreadable without SECRET, and nowhere in clear", async () => {
    await prepareSigningKeys(environment, START);
    const { jwks } = await loadSigningKeys(environment, START);
    const d = Buffer.from(jwks[0]?.d ?? "", "base64url");
    expect(d).toHaveLength(32);
    const row = await db().signingKey.findFirstOrThrow();
    const stored = Buffer.from(row.privateJwk);
    expect(stored.includes(d)).toBe(false);
    expect(stored.includes(d.toString("base64url"))).toBe(false);
    expect(JSON.stringify(row.publicJwk)).not.toContain('"d"');
    const other = parseEnv({ SECRET: OTHER });
    for (const start of [loadSigningKeys, prepareSigningKeys]) {
      await expect(start(other, START)).rejects.toMatchObject({
        name: "StartError",
        message: expect.stringContaining(row.kid),
      });
    }
  });

  test("another kid's ciphertext, a changed bit and a cut one are refused", async () => {
    await prepareSigningKeys(environment, START);
    await rotate();
    const [one, two] = await db().signingKey.findMany();
    if (!one || !two) throw new Error("Two keys were expected.");
    const write = (kid: string, privateJwk: Uint8Array) =>
      db().signingKey.update({ where: { kid }, data: { privateJwk: new Uint8Array(privateJwk) } });
    await write(one.kid, two.privateJwk);
    await expect(loadSigningKeys(environment, START)).rejects.toThrow(one.kid);
    for (const at of [0, 12, 28, one.privateJwk.length - 1]) {
      const changed = Uint8Array.from(one.privateJwk, (byte, index) => (index === at ? byte ^ 1 : byte));
      await write(one.kid, changed);
      await expect(loadSigningKeys(environment, START)).rejects.toThrow(one.kid);
    }
    for (const length of [0, 11, 20, 27, one.privateJwk.length - 1]) {
      await write(one.kid, one.privateJwk.subarray(0, length));
      await expect(loadSigningKeys(environment, START)).rejects.toThrow(one.kid);
    }
    await write(one.kid, one.privateJwk);
    expect(await kidsOf(START)).toHaveLength(2);
  });

  test("SECRET_PREVIOUS: keys of before are read, and from the first start on encrypted under SECRET", async () => {
    await prepareSigningKeys(environment, START);
    await rotate();
    const kids = await kidsOf(START);
    const changing = parseEnv({ SECRET: OTHER, SECRET_PREVIOUS: SECRET });
    // A process that hears of a key which an older process made meanwhile reads it too.
    expect(await kidsOf(START, changing)).toEqual(kids);
    await prepareSigningKeys(changing, START);
    expect(await kidsOf(START, parseEnv({ SECRET: OTHER }))).toEqual(kids);
    await expect(loadSigningKeys(environment, START)).rejects.toThrow(/cannot be decrypted/);
  });

  test("a SECRET that is lost: an immediate rotation goes on without the keys of before, only when told to", async () => {
    await prepareSigningKeys(environment, START);
    const other = parseEnv({ SECRET: OTHER });
    await expect(rotate({ environment: other })).rejects.toThrow(/--discard-unreadable/);
    await expect(rotate({ environment: other, immediately: true })).rejects.toThrow(/--discard-unreadable/);
    const { kid } = await rotate({ environment: other, immediately: true, discardUnreadable: true });
    expect(await kidsOf(START, other)).toEqual([kid]);
  });
});

test("the PEM of a key verifies what the key signs", async () => {
  await prepareSigningKeys(environment, START);
  const [view] = await listSigningKeys(START);
  const [jwk] = (await loadSigningKeys(environment, START)).jwks;
  expect(view?.pem).toMatch(/^-----BEGIN PUBLIC KEY-----\n[^-]+\n-----END PUBLIC KEY-----\n$/);
  const token = await new SignJWT({ sub: "someone" }).setProtectedHeader({ alg: "EdDSA" }).sign(jwk ?? {});
  const verified = await jwtVerify(token, await importSPKI(view?.pem ?? "", "EdDSA"));
  expect(verified.payload.sub).toBe("someone");
});
