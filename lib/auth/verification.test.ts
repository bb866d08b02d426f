import pg from "pg";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import type { Actor } from "#lib/audit/actor.ts";
import { db, inTransaction } from "#lib/db.ts";
import { closeAcknowledgements } from "#lib/events/acknowledgements.ts";
import { act } from "#lib/events/act.ts";
import { publish } from "#lib/events.ts";
import { createKey } from "#lib/keys/create-key.ts";
import { endGrace } from "#lib/keys/end-grace.ts";
import { importKey } from "#lib/keys/import-key.ts";
import { generateKey } from "#lib/keys/key-format.ts";
import { keyHash } from "#lib/keys/key-hash.ts";
import { renameKey } from "#lib/keys/rename-key.ts";
import { revokeKey } from "#lib/keys/revoke-key.ts";
import { rotateKey } from "#lib/keys/rotate-key.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { gatewayEnv } from "#test/gateway.ts";
import { authenticate } from "./authenticate.ts";
import { makeCredentialCache } from "./credential-cache.ts";
import type { ApiKeyPrincipal } from "./principal.ts";
import { startVerification, type Verification } from "./start-verification.ts";
import { findStoredKey, type KeyVerifier, verifyKey } from "./verify-key.ts";

const database = testDatabase();
let verification: Verification;
let owner: Actor;
beforeAll(async () => {
  owner = { kind: "command_line", userId: (await insertUser()).id, isAdministrator: false };
  verification = await startVerification(gatewayEnv());
});
afterAll(async () => {
  await verification.stop();
  await closeAcknowledgements();
});
afterEach(() => vi.useRealTimers());

const create = (scope: "mcp" | "mcp:read" = "mcp") => createKey(owner, { name: "k", scope, expiry: { kind: "never" } });
const verify = async (value: string, nowMs = Date.now()) => authenticate({ kind: "api_key", value }, nowMs);
const reason = async (value: string, nowMs?: number) => {
  const result = await verify(value, nowMs);
  return result.ok ? "accepted" : result.reason;
};

async function sql(text: string, values: unknown[] = []): Promise<pg.QueryResult> {
  const client = new pg.Client(database.config());
  await client.connect();
  try {
    return await client.query(text, values);
  } finally {
    await client.end();
  }
}

test("a key stands for its owner with its scope; the second time without a look-up, and without a promise", async () => {
  const { key, plaintext } = await create("mcp:read");
  expect(await verify(plaintext)).toMatchObject({
    principal: { kind: "api_key", userId: owner.userId, keyId: key.id, scope: "mcp:read" },
  });
  const { hits, misses } = verification.counters;
  const cached = authenticate({ kind: "api_key", value: plaintext });
  expect(cached).not.toBeInstanceOf(Promise);
  expect(verification.counters).toMatchObject({ hits: hits + 1, misses });
});

test("KEY-02: a key with a wrong checksum is refused without a look-up", async () => {
  const { misses } = verification.counters;
  const { plaintext } = await create();
  expect(await reason(`${plaintext.slice(0, -1)}${plaintext.endsWith("a") ? "b" : "a"}`)).toBe("malformed");
  expect(await reason("psy_your_key_here")).toBe("malformed");
  expect(verification.counters.misses).toBe(misses);
});

test("an unknown key is refused, and for 5 s without another look-up", async () => {
  const unknown = generateKey();
  expect(await reason(unknown)).toBe("unknown");
  const { misses } = verification.counters;
  expect(await reason(unknown)).toBe("unknown");
  expect(verification.counters.misses).toBe(misses);
});

test("a revoked key that was warm is refused when the act answers, and the receipt names this gateway", async () => {
  for (let trial = 0; trial < 50; trial += 1) {
    const { key, plaintext } = await create();
    expect(await reason(plaintext)).toBe("accepted");
    const { receipt } = await revokeKey(owner, { keyId: key.id });
    expect(await reason(plaintext)).toBe("revoked");
    expect(receipt).toMatchObject({ acknowledged: 1, of: 1, silent: [] });
    expect(receipt.milliseconds).toBeLessThan(6_000);
  }
});

test("KEY-09: in grace the warm old key works by the clock and stops by the clock, without any event", async () => {
  const { key, plaintext } = await create();
  await verify(plaintext);
  const rotated = await rotateKey(owner, { keyId: key.id, gracePeriodSeconds: 3600 });
  const end = rotated.predecessor.worksUntil?.getTime() ?? 0;
  expect(await reason(plaintext, end - 1)).toBe("accepted");
  expect(await reason(plaintext, end)).toBe("replaced");
  expect(await reason(rotated.plaintext, end)).toBe("accepted");
});

test("ending the grace, or rotating without one, refuses the warm old key when the act answers", async () => {
  const first = await create();
  await verify(first.plaintext);
  const second = await rotateKey(owner, { keyId: first.key.id, gracePeriodSeconds: 3600 });
  expect(await reason(first.plaintext)).toBe("accepted");
  await endGrace(owner, { keyId: first.key.id });
  expect(await reason(first.plaintext)).toBe("replaced");
  await verify(second.plaintext);
  await rotateKey(owner, { keyId: second.key.id, gracePeriodSeconds: 0 });
  expect(await reason(second.plaintext)).toBe("replaced");
});

test("KEY-08: expiry is compared on each request, warm or not", async () => {
  const { key, plaintext } = await createKey(owner, {
    name: "k",
    scope: "mcp",
    expiry: { kind: "lifetime", seconds: 3600 },
  });
  expect(await reason(plaintext)).toBe("accepted");
  const end = key.expiresAt?.getTime() ?? 0;
  expect(await reason(plaintext, end - 1)).toBe("accepted");
  expect(await reason(plaintext, end)).toBe("expired");
});

test("KEY-11: a disabled owner's warm keys are refused when the act answers, and work again when enabled", async () => {
  const { id: userId } = await insertUser();
  const { plaintext } = await createKey({ ...owner, userId }, { name: "k", scope: "mcp", expiry: { kind: "never" } });
  expect(await reason(plaintext)).toBe("accepted");
  const change = (disabledAt: Date | null) =>
    act(async (tx) => {
      await tx.user.update({ where: { id: userId }, data: { disabledAt } });
      await publish(tx, { type: "user.changed", userId, subjectId: userId });
    });
  await change(new Date());
  expect(await reason(plaintext)).toBe("user_disabled");
  await change(null);
  expect(await reason(plaintext)).toBe("accepted");
});

test("a rename reaches the gateway: the principal carries the new name", async () => {
  const { key, plaintext } = await create();
  await verify(plaintext);
  await renameKey(owner, { keyId: key.id, name: "other" });
  await expect.poll(async () => await verify(plaintext)).toMatchObject({ principal: { name: "other" } });
});

test("an event of a transaction that was rolled back is never heard", async () => {
  const { key, plaintext } = await create();
  await verify(plaintext);
  await inTransaction(async (tx) => {
    await publish(tx, { type: "key.changed", userId: owner.userId, subjectId: key.id });
    throw new Error("roll back");
  }).catch(() => undefined);
  await renameKey(owner, { keyId: (await create()).key.id, name: "later event" });
  const { misses } = verification.counters;
  await verify(plaintext);
  expect(verification.counters.misses).toBe(misses);
});

test("keys without our checksum are looked up from the moment that one is imported", async () => {
  const old = "psy_an_older_format";
  expect(await reason(old)).toBe("malformed");
  await importKey(owner, { name: "old", sha256: Buffer.from(keyHash(old)).toString("hex"), scope: "mcp" });
  expect(await reason(old)).toBe("accepted");
  expect(await reason("psy_another_one")).toBe("unknown");
});

test("attack 7, fill race: a look-up that read 'active' before the revocation neither answers with it nor stores it", async () => {
  const { key, plaintext } = await create();
  const cache = makeCredentialCache<ApiKeyPrincipal>();
  const read = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  let reads = 0;
  const verifier: KeyVerifier = {
    cache,
    isTrusted: () => true,
    hasImportedKeys: () => false,
    findKey: async (hash) => {
      const row = await findStoredKey(hash);
      reads += 1;
      if (reads === 1) {
        read.resolve();
        await release.promise;
      }
      return row;
    },
  };
  const answer = verifyKey(plaintext, verifier, Date.now());
  await read.promise;
  await revokeKey(owner, { keyId: key.id });
  cache.forgetCredential(key.id); // the event, as the listener applies it
  release.resolve();
  expect(await answer).toEqual({ ok: false, reason: "revoked" });
  expect(reads).toBe(2);
  expect(await verifyKey(plaintext, verifier, Date.now())).toEqual({ ok: false, reason: "revoked" });
});

test("deaf listener: when its connection breaks, nothing cached is believed, and the register is joined again", async () => {
  const { key, plaintext } = await create();
  await verify(plaintext);
  await sql(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'pensyve-auth events'",
  );
  await sql("UPDATE api_keys SET revoked_at = now() WHERE id = $1", [key.id]); // a change without any event
  await expect.poll(async () => await reason(plaintext)).toBe("revoked");
  await expect.poll(() => verification.isReady(), { timeout: 10_000 }).toBe(true);
  const other = await create();
  await verify(other.plaintext);
  const { receipt } = await revokeKey(owner, { keyId: other.key.id });
  expect(receipt).toMatchObject({ acknowledged: 1, of: 1 });
  expect(await reason(other.plaintext)).toBe("revoked");
});

test("deaf listener: silent for more than 5 s, it asks the database for every request; the act reports it after 6 s", async () => {
  const { key, plaintext } = await create();
  await verify(plaintext);
  const blocker = new pg.Client(database.config());
  await blocker.connect();
  try {
    // Heartbeats wait for this lock, so none comes back.
    await blocker.query("BEGIN; LOCK TABLE gateway_instances IN SHARE MODE");
    await expect.poll(() => verification.isReady(), { timeout: 10_000 }).toBe(false);
    await sql("UPDATE api_keys SET revoked_at = now() WHERE id = $1", [key.id]);
    expect(await reason(plaintext)).toBe("revoked");
    const other = await create();
    const started = performance.now();
    const { receipt } = await revokeKey(owner, { keyId: other.key.id });
    if (receipt.acknowledged === 0) {
      expect(performance.now() - started).toBeGreaterThan(5_900);
      expect(receipt.silent).toHaveLength(receipt.of);
    }
    expect(await reason(other.plaintext)).toBe("revoked");
  } finally {
    await blocker.query("ROLLBACK");
    await blocker.end();
  }
  await expect.poll(() => verification.isReady(), { timeout: 15_000 }).toBe(true);
}, 60_000);

test("with the cache distrusted and no database, everything is unavailable, never accepted", async () => {
  const { plaintext } = await create();
  const verifier: KeyVerifier = {
    cache: makeCredentialCache<ApiKeyPrincipal>(),
    isTrusted: () => false,
    hasImportedKeys: () => false,
    findKey: () => Promise.reject(new Error("connection refused")),
  };
  expect(await verifyKey(plaintext, verifier, Date.now())).toEqual({ ok: false, reason: "unavailable" });
});

test("a gateway that stops leaves the register, so that nobody waits for it", async () => {
  const { startListener } = await import("#lib/events/listener.ts");
  const listener = await startListener(database.config(), { onEvent: () => undefined, onReset: () => undefined });
  expect(await db().gatewayInstance.count()).toBe(2);
  await listener.stop();
  expect(await db().gatewayInstance.count()).toBe(1);
});
