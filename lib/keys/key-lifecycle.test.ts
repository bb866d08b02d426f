import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Actor } from "#lib/audit/actor.ts";
import { db } from "#lib/db.ts";
import { closeAcknowledgements } from "#lib/events/acknowledgements.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { createKey } from "./create-key.ts";
import { endGrace } from "./end-grace.ts";
import { getKey } from "./get-key.ts";
import { importKey } from "./import-key.ts";
import { keyHash } from "./key-hash.ts";
import { keyWorks } from "./key-state.ts";
import { moveGrace } from "./move-grace.ts";
import { renameKey } from "./rename-key.ts";
import { revokeKey } from "./revoke-key.ts";
import { rotateKey } from "./rotate-key.ts";
import { createKeySchema, type Expiry, rotateKeySchema } from "./schemas.ts";

testDatabase();
afterAll(closeAcknowledgements);

const HOUR = 3600;
const NOW = new Date("2027-03-01T12:00:00.000Z");
const after = (seconds: number, from = NOW) => new Date(from.getTime() + seconds * 1000);

let owner: Actor;
let stranger: Actor;
beforeAll(async () => {
  // The operator's kind, so that the limit on acts per minute does not bind a test that makes hundreds.
  owner = { kind: "command_line", userId: (await insertUser()).id, isAdministrator: false };
  stranger = { kind: "command_line", userId: (await insertUser()).id, isAdministrator: false };
});

const create = (expiry: Expiry = { kind: "never" }, actor = owner) =>
  createKey(actor, { name: "ci", scope: "mcp:read", expiry }, NOW);
const rotate = (keyId: string, gracePeriodSeconds = 24 * HOUR, now = NOW, actor = owner) =>
  rotateKey(actor, { keyId, gracePeriodSeconds }, now);
const auditOf = (targetId: string) => db().auditEvent.findMany({ where: { targetId }, orderBy: { occurredAt: "asc" } });

test("KEY-04, KEY-05, KEY-13, seed 02: a key is stored as its SHA-256 and first 8 characters, so a look-up by hash is the only comparison", async () => {
  const { key, plaintext } = await create();
  const row = await db().apiKey.findUniqueOrThrow({ where: { id: key.id } });
  expect(Buffer.from(row.hash)).toEqual(Buffer.from(keyHash(plaintext)));
  expect(row.prefix).toBe(plaintext.slice(0, 8));
  const everything = JSON.stringify([await db().apiKey.findMany(), await db().auditEvent.findMany()], (_name, value) =>
    typeof value === "bigint" ? value.toString() : value,
  );
  expect(everything).not.toContain(plaintext.slice(8));
});

test.each([
  ["never", { kind: "never" }, null],
  ["30 days", { kind: "lifetime", seconds: 30 * 24 * HOUR }, after(30 * 24 * HOUR)],
  ["a fixed date", { kind: "date", at: after(5 * HOUR) }, after(5 * HOUR)],
] satisfies [string, Expiry, Date | null][])(
  "KEY-08: a key created with expiry %s ends then",
  async (_name, expiry, end) => {
    const { key } = await create(expiry);
    expect(key.expiresAt).toEqual(end);
    expect(key.state).toBe("active");
  },
);

test("KEY-08: an expiry in the past is refused", async () => {
  await expect(create({ kind: "date", at: NOW })).rejects.toMatchObject({ code: "invalid_input" });
});

test("KEY-09: the successor has owner, name, scope and expiry rule; the old key works for the grace period", async () => {
  const { key } = await create({ kind: "lifetime", seconds: 90 * 24 * HOUR });
  const later = after(10 * 24 * HOUR);
  const rotated = await rotate(key.id, 24 * HOUR, later);
  expect(rotated.key).toMatchObject({ name: "ci", scope: "mcp:read", state: "active", predecessorId: key.id });
  expect(rotated.key.expiresAt).toEqual(after(90 * 24 * HOUR, later));
  expect(rotated.predecessor).toMatchObject({ state: "in_grace", worksUntil: after(24 * HOUR, later) });
  const atEnd = await getKey(owner, key.id, after(24 * HOUR, later));
  expect(atEnd.key.state).toBe("replaced");
});

test.each([
  ["never stays never", { kind: "never" }, null],
  ["a fixed date stays that date", { kind: "date", at: after(40 * 24 * HOUR) }, after(40 * 24 * HOUR)],
] satisfies [string, Expiry, Date | null][])("KEY-09: rotation by expiry rule: %s", async (_name, expiry, end) => {
  const { key } = await create(expiry);
  expect((await rotate(key.id, 0, after(HOUR))).key.expiresAt).toEqual(end);
});

test("attack 6: grace never outlives the old key's own expiry", async () => {
  const { key } = await create({ kind: "date", at: after(HOUR) });
  const { predecessor } = await rotate(key.id, 7 * 24 * HOUR);
  expect(predecessor.graceEndsAt).toEqual(after(HOUR));
});

test("attack 6: for any lifetime, grace and moment, the old key works no longer than it would have, nor longer than the grace", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 60, max: 30 * 24 * HOUR }),
      fc.integer({ min: 0, max: 7 * 24 * HOUR }),
      fc.integer({ min: 0, max: 59 }),
      async (lifetime, grace, wait) => {
        const { key } = await create({ kind: "lifetime", seconds: lifetime });
        const now = after(wait);
        const { predecessor } = await rotate(key.id, grace, now);
        const end = predecessor.worksUntil?.getTime() ?? Number.POSITIVE_INFINITY;
        expect(end).toBe(Math.min(after(lifetime).getTime(), after(grace, now).getTime()));
      },
    ),
    { numRuns: 25 },
  );
});

test.each([Number.NaN, -1, 0.5, 7 * 24 * HOUR + 1, 1e300, Number.POSITIVE_INFINITY])(
  "attack 6: a grace period of %s is refused and changes nothing",
  async (gracePeriodSeconds) => {
    const { key } = await create();
    await expect(rotate(key.id, gracePeriodSeconds)).rejects.toMatchObject({ code: "invalid_input" });
    expect((await getKey(owner, key.id, NOW)).key.state).toBe("active");
    expect(rotateKeySchema.safeParse({ keyId: key.id, gracePeriodSeconds }).success).toBe(false);
  },
);

test.each([["2027-01-01"], ["86400"], [null], [{}], [[3600]]])(
  "attack 6: a grace period given as %j is refused",
  (gracePeriodSeconds) => {
    expect(
      rotateKeySchema.safeParse({ keyId: "0192e4a8-0000-7000-8000-000000000000", gracePeriodSeconds }).success,
    ).toBe(false);
  },
);

test("attack 6: of 8 rotations at once one makes a successor, the others learn that the key is not active", async () => {
  const { key } = await create();
  const results = await Promise.allSettled(Array.from({ length: 8 }, () => rotate(key.id)));
  expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(1);
  for (const result of results)
    if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "key_not_active" });
  expect(await db().apiKey.count({ where: { predecessorId: key.id } })).toBe(1);
});

test.each(["in grace", "replaced", "expired", "revoked"])(
  "attack 6: a key that is %s cannot be rotated",
  async (state) => {
    const { key } = await create(state === "expired" ? { kind: "date", at: after(1) } : { kind: "never" });
    if (state === "in grace") await rotate(key.id);
    if (state === "replaced") await rotate(key.id, 0);
    if (state === "revoked") await revokeKey(owner, { keyId: key.id }, NOW);
    await expect(rotate(key.id, HOUR, after(2))).rejects.toMatchObject({ code: "key_not_active" });
  },
);

test("revoking and rotating at once never leaves a working old key", async () => {
  for (let trial = 0; trial < 10; trial += 1) {
    const { key } = await create();
    const results = await Promise.allSettled([rotate(key.id), revokeKey(owner, { keyId: key.id }, NOW)]);
    expect(results[1]?.status).toBe("fulfilled");
    expect((await getKey(owner, key.id, NOW)).key.state).toBe("revoked");
  }
});

test("a revoked key stays revoked; revoking again says so", async () => {
  const { key } = await create();
  await revokeKey(owner, { keyId: key.id }, NOW);
  await expect(revokeKey(owner, { keyId: key.id }, NOW)).rejects.toMatchObject({ code: "key_not_active" });
});

test("grace can be ended now, once, and moved within 7 days of the rotation and the key's expiry", async () => {
  const { key } = await create({ kind: "date", at: after(5 * 24 * HOUR) });
  await rotate(key.id, HOUR);
  const moved = await moveGrace(owner, { keyId: key.id, until: after(4 * 24 * HOUR) }, NOW);
  expect(moved.worksUntil).toEqual(after(4 * 24 * HOUR));
  for (const until of [NOW, after(-1), after(5 * 24 * HOUR + 1), new Date(Number.NaN)]) {
    await expect(moveGrace(owner, { keyId: key.id, until }, NOW)).rejects.toMatchObject({ code: "invalid_input" });
  }
  const ended = await endGrace(owner, { keyId: key.id }, NOW);
  expect(keyWorks(ended.key.state)).toBe(false);
  await expect(endGrace(owner, { keyId: key.id }, NOW)).rejects.toMatchObject({ code: "key_not_in_grace" });
  await expect(moveGrace(owner, { keyId: key.id, until: after(HOUR) }, NOW)).rejects.toMatchObject({
    code: "key_not_in_grace",
  });
});

test("a grace of a key without expiry is moved to at most 7 days after the rotation", async () => {
  const { key } = await create();
  await rotate(key.id, HOUR);
  const week = 7 * 24 * HOUR;
  await expect(moveGrace(owner, { keyId: key.id, until: after(week + 1) }, NOW)).rejects.toMatchObject({
    code: "invalid_input",
  });
  expect((await moveGrace(owner, { keyId: key.id, until: after(week) }, NOW)).graceEndsAt).toEqual(after(week));
});

const ACTS: [string, (actor: Actor, keyId: string) => Promise<unknown>][] = [
  ["getKey", (actor, keyId) => getKey(actor, keyId, NOW)],
  ["rotateKey", (actor, keyId) => rotate(keyId, HOUR, NOW, actor)],
  ["renameKey", (actor, keyId) => renameKey(actor, { keyId, name: "mine" }, NOW)],
  ["revokeKey", (actor, keyId) => revokeKey(actor, { keyId }, NOW)],
  ["endGrace", (actor, keyId) => endGrace(actor, { keyId }, NOW)],
  ["moveGrace", (actor, keyId) => moveGrace(actor, { keyId, until: after(HOUR) }, NOW)],
];

test.each(ACTS)(
  "attack 10: %s of another user's key answers like an absent one and changes nothing",
  async (_name, run) => {
    const { key } = await create();
    const before = await db().apiKey.findUniqueOrThrow({ where: { id: key.id } });
    const foreign = await run(stranger, key.id).catch((error: unknown) => error);
    const absent = await run(stranger, "0192e4a8-0000-7000-8000-000000000000").catch((error: unknown) => error);
    expect(foreign).toMatchObject({ code: "key_not_found" });
    expect(String(foreign)).toBe(String(absent));
    expect(await db().apiKey.findUniqueOrThrow({ where: { id: key.id } })).toEqual(before);
  },
);

test("every act leaves its audit row, in the act's own transaction, without any part of the key", async () => {
  const { key } = await create();
  await renameKey(owner, { keyId: key.id, name: "renamed" }, after(1));
  await rotate(key.id, HOUR, after(2));
  await moveGrace(owner, { keyId: key.id, until: after(2 * HOUR) }, after(3));
  await endGrace(owner, { keyId: key.id }, after(4));
  await revokeKey(owner, { keyId: key.id }, after(5));
  const rows = await auditOf(key.id);
  const acts = ["key.created", "key.renamed", "key.rotated", "key.grace_moved", "key.grace_ended", "key.revoked"];
  expect(rows.map((row) => row.action)).toEqual(acts);
  expect(rows.every((row) => row.userId === owner.userId && row.actorKind === "command_line")).toBe(true);
  expect(JSON.stringify(rows.map((row) => row.details))).not.toContain("psy_");
});

test("an act that fails leaves no audit row and no event", async () => {
  const { key } = await create();
  await revokeKey(owner, { keyId: key.id }, NOW);
  const before = [await db().auditEvent.count(), await db().credentialEvent.count()];
  await rotate(key.id).catch(() => undefined);
  expect([await db().auditEvent.count(), await db().credentialEvent.count()]).toEqual(before);
});

test("audit rows can be neither changed nor deleted, only purged by age through the one function", async () => {
  const { key } = await create();
  await expect(db().auditEvent.updateMany({ where: { targetId: key.id }, data: { action: "x" } })).rejects.toThrow(
    /append-only/,
  );
  await expect(db().auditEvent.deleteMany({ where: { targetId: key.id } })).rejects.toThrow(/append-only/);
  await db().$queryRaw`SELECT purge_audit_events('2000-01-01')`;
  expect(await auditOf(key.id)).toHaveLength(1);
});

test("the same idempotency key makes one key, also when two requests meet; the repeat is told what to do", async () => {
  const input = createKeySchema.parse({
    name: "once",
    scope: "mcp",
    expiry: { kind: "never" },
    idempotencyKey: "form-0001",
  });
  const results = await Promise.allSettled([
    createKey(owner, input, NOW),
    createKey(owner, input, NOW),
    createKey(owner, input, NOW),
  ]);
  expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(1);
  for (const result of results)
    if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "answer_lost" });
  expect(await db().apiKey.count({ where: { userId: owner.userId, name: "once" } })).toBe(1);
  const other = await createKey(stranger, input, NOW);
  expect(other.key.name).toBe("once");
});

test("a person must type the name of a key that was used within 24 hours; the operator need not", async () => {
  const person: Actor = { ...owner, kind: "user" };
  const { key } = await createKey(
    owner,
    { name: "Ärger  laptop".normalize("NFC"), scope: "mcp", expiry: { kind: "never" } },
    NOW,
  );
  await db().apiKey.update({ where: { id: key.id }, data: { lastUsedAt: after(-HOUR) } });
  for (const typedName of [undefined, "", "ärger laptop", "x"]) {
    await expect(revokeKey(person, { keyId: key.id, typedName }, NOW)).rejects.toMatchObject({ code: "name_mismatch" });
  }
  const revoked = await revokeKey(person, { keyId: key.id, typedName: ` ${key.name.normalize("NFD")} ` }, NOW);
  expect(revoked.key.state).toBe("revoked");
});

test("a person's acts are limited per minute over all of them, with the time to wait", async () => {
  const person: Actor = { kind: "user", userId: (await insertUser()).id, isAdministrator: false };
  const make = () => createKey(person, { name: "x", scope: "mcp", expiry: { kind: "never" } }, NOW);
  for (let count = 0; count < 60; count += 1) await make();
  await expect(make()).rejects.toMatchObject({ code: "rate_limited", details: { retryAfterSeconds: 60 } });
  const later = await createKey(person, { name: "x", scope: "mcp", expiry: { kind: "never" } }, after(61));
  expect(later.key.state).toBe("active");
});

test("attack 1: owner and state come from the session and the rule, never from the input", () => {
  const parsed = createKeySchema.parse({
    name: "x",
    scope: "mcp:read",
    expiry: { kind: "never" },
    userId: "0192e4a8-0000-7000-8000-000000000000",
    ownerId: "x",
    hash: "00",
    isImported: true,
    rateLimit: 1e9,
  });
  expect(Object.keys(parsed).sort()).toEqual(["expiry", "name", "scope"]);
  for (const scope of ["mcp:admin", "mcp mcp:read", "", "MCP", null]) {
    expect(createKeySchema.safeParse({ name: "x", scope, expiry: { kind: "never" } }).success).toBe(false);
  }
});

test("an imported key verifies by its hash and is never imported twice", async () => {
  const sha256 = Buffer.from(keyHash("psy_old_style_key")).toString("hex");
  const key = await importKey(owner, { name: "old", sha256, scope: "mcp" }, NOW);
  expect(key).toMatchObject({ isImported: true, prefix: null, state: "active" });
  await expect(importKey(stranger, { name: "old", sha256, scope: "mcp" }, NOW)).rejects.toMatchObject({
    code: "conflict",
  });
  const rotated = await rotate(key.id);
  expect(rotated.plaintext).toMatch(/^psy_/);
  expect(rotated.key.isImported).toBe(false);
});

test("with no gateway running, the receipt says so", async () => {
  const { key } = await create();
  const { receipt } = await revokeKey(owner, { keyId: key.id }, NOW);
  expect(receipt).toMatchObject({ acknowledged: 0, of: 0, silent: [] });
});
