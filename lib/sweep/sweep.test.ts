import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { db, inTransaction } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { SWEEP_RULES } from "./rules.ts";
import { startSweeper } from "./start-sweeper.ts";
import { sweep } from "./sweep.ts";

testDatabase();
const now = new Date();
const secondsAgo = (seconds: number): Date => new Date(now.getTime() - seconds * 1000);
const bytes = (): Uint8Array<ArrayBuffer> => new Uint8Array(randomBytes(32));
const DAY = 86_400;

let userId = "";
beforeEach(async () => {
  userId = (await insertUser()).id;
});
afterEach(async () => {
  await db().oAuthArtifact.deleteMany();
  await db().oAuthGrant.deleteMany();
  await db().proofReplay.deleteMany();
});

/** Inserts `count` codes that expired then; those in the future are alive. */
async function insertArtifacts(count: number, expiresAt: Date, grantId: string | null = null): Promise<void> {
  const data = Array.from({ length: count }, () => ({
    model: "RefreshToken",
    idHash: bytes(),
    payload: {},
    grantId,
    expiresAt,
  }));
  await db().oAuthArtifact.createMany({ data });
}

type Times = { expiresAt: Date; revokedAt?: Date; createdAt?: Date; redeemedAt?: Date | null };

/** Of an app that came for it, unless told otherwise. */
async function insertGrant(values: Times): Promise<string> {
  const id = newId();
  const names = { clientId: "c", clientName: "C", trust: "unverified", scope: "mcp" };
  await db().oAuthGrant.create({ data: { id, userId, ...names, payload: {}, redeemedAt: now, ...values } });
  return id;
}

describe("what is deleted", () => {
  test("expired tokens go, live ones and those of a minute ago stay", async () => {
    await insertArtifacts(3, secondsAgo(301));
    await insertArtifacts(2, secondsAgo(60));
    await insertArtifacts(4, secondsAgo(-60));
    expect(await sweep({ now })).toEqual({ deleted: { oauth_artifacts: 3 }, isElsewhere: false });
    expect(await db().oAuthArtifact.count()).toBe(6);
    expect(await sweep({ now })).toEqual({ deleted: {}, isElsewhere: false });
  });

  test("live grants stay with their tokens, ended ones for as long as they are shown", async () => {
    const alive = await insertGrant({ expiresAt: secondsAgo(-DAY) });
    await insertArtifacts(1, secondsAgo(-DAY), alive);
    const ended = await insertGrant({ expiresAt: secondsAgo(-DAY), revokedAt: secondsAgo(DAY) });
    const expired = await insertGrant({ expiresAt: secondsAgo(30 * DAY) });
    const old = await insertGrant({ expiresAt: secondsAgo(32 * DAY) });
    expect((await sweep({ now })).deleted).toEqual({ oauth_grants: 1 });
    const kept = (await db().oAuthGrant.findMany()).map(({ id }) => id);
    expect(new Set(kept)).toEqual(new Set([alive, ended, expired]));
    expect(kept).not.toContain(old);
    expect(await db().oAuthArtifact.count({ where: { grantId: alive } })).toBe(1);
  });

  test("grants that no app came for within two hours go, in as many batches as it takes; redeemed and new ones stay", async () => {
    const expiresAt = secondsAgo(-DAY);
    for (let made = 0; made < 25; made += 1)
      await insertGrant({ expiresAt, createdAt: secondsAgo(7_201), redeemedAt: null });
    const ended = await insertGrant({ expiresAt, createdAt: secondsAgo(7_201), redeemedAt: null, revokedAt: now });
    const young = await insertGrant({ expiresAt, createdAt: secondsAgo(7_199), redeemedAt: null });
    const redeemed = await insertGrant({ expiresAt, createdAt: secondsAgo(7_201) });
    expect((await sweep({ now, batch: 10 })).deleted).toEqual({ unredeemed_grants: 26 });
    const kept = (await db().oAuthGrant.findMany()).map(({ id }) => id);
    expect(new Set(kept)).toEqual(new Set([young, redeemed]));
    expect(kept).not.toContain(ended);
  });

  test("REG-09: registrations that nobody used within a day go, in as many batches as it takes; used ones stay", async () => {
    const client = (id: string, createdAt: Date, lastGrantedAt: Date | null = null) => ({
      id,
      kind: "registered",
      metadata: {},
      createdAt,
      lastGrantedAt,
    });
    const unused = Array.from({ length: 25 }, () => client(newId(), secondsAgo(2 * DAY)));
    const used = [client("new", secondsAgo(60)), client("used", secondsAgo(90 * DAY), secondsAgo(80 * DAY))];
    await db().oAuthClient.createMany({ data: [...unused, ...used] });
    expect((await sweep({ now, batch: 10 })).deleted).toEqual({ unused_clients: 25 });
    expect((await db().oAuthClient.findMany({ orderBy: { id: "asc" } })).map(({ id }) => id)).toEqual(["new", "used"]);
  });

  test("every rule deletes what is past its time and nothing else, and has an index to find it by", async () => {
    const pair = [1, -60];
    for (const { column, keptSeconds } of SWEEP_RULES) expect([column, keptSeconds > 0]).toEqual([column, true]);
    const kept = (table: string): number => SWEEP_RULES.find((rule) => rule.table === table)?.keptSeconds ?? Number.NaN;
    const at = (table: string, seconds: number) => secondsAgo(kept(table) + seconds);
    await db().proofReplay.createMany({
      data: pair.map((seconds) => ({ hash: bytes(), expiresAt: at("proof_replays", seconds) })),
    });
    await db().oneTimeToken.createMany({
      data: pair.map((seconds) => ({
        id: newId(),
        tokenHash: bytes(),
        purpose: "setup",
        expiresAt: at("one_time_tokens", seconds),
      })),
    });
    await db().session.createMany({
      data: pair.map((seconds) => ({ id: newId(), tokenHash: bytes(), userId, expiresAt: at("sessions", seconds) })),
    });
    await db().credentialEvent.createMany({
      data: pair.map((seconds) => ({ type: "key.changed", createdAt: at("credential_events", seconds) })),
    });
    await db().idempotencyKey.createMany({
      data: pair.map((seconds) => ({
        userId,
        act: "key.create",
        key: newId(),
        createdAt: at("idempotency_keys", seconds),
      })),
    });
    await db().answeredWrite.createMany({
      data: pair.map((seconds) => ({ userId, keyHash: bytes(), createdAt: at("answered_writes", seconds) })),
    });
    await insertArtifacts(1, at("oauth_artifacts", 1));
    await insertGrant({ expiresAt: at("oauth_grants", 1) });
    const { deleted } = await sweep({ now });
    expect(deleted).toEqual(Object.fromEntries(SWEEP_RULES.map(({ table }) => [table, 1])));
    const indexes = await db().$queryRaw<{ definition: string }[]>`SELECT indexdef AS definition FROM pg_indexes`;
    for (const { table, column } of SWEEP_RULES) {
      const index = indexes.find(({ definition }) => definition.includes(`public.${table} USING btree (${column})`));
      expect([table, index]).toEqual([table, expect.anything()]);
    }
  });
});

describe("how it is deleted", () => {
  test("a sweep takes as many batches as it needs, none larger than the bound", async () => {
    await insertArtifacts(25, secondsAgo(400));
    let batches = 0;
    const left: number[] = [];
    const isStopped = () => {
      batches += 1;
      return false;
    };
    const watch = setInterval(
      () =>
        void db()
          .oAuthArtifact.count()
          .then((count) => left.push(count)),
      1,
    );
    const report = await sweep({ now, batch: 10, isStopped });
    clearInterval(watch);
    expect(report.deleted).toEqual({ oauth_artifacts: 25 });
    // Three for the tokens, one for each other table, one for grants that no app came for, one for clients.
    expect(batches).toBe(4 + SWEEP_RULES.length);
    for (const count of left) expect([25, 15, 5, 0]).toContain(count);
  });

  test("told to stop, it ends after the batch at work", async () => {
    await insertArtifacts(25, secondsAgo(400));
    let asked = 0;
    const isStopped = () => {
      asked += 1;
      return asked > 1;
    };
    const report = await sweep({ now, batch: 10, isStopped });
    expect(report.deleted).toEqual({ oauth_artifacts: 10 });
    expect(await db().oAuthArtifact.count()).toBe(15);
  });

  test("while one sweeps, another does nothing; afterwards it does", async () => {
    await insertArtifacts(5, secondsAgo(400));
    await inTransaction(async (tx) => {
      await tx.$queryRaw`SELECT pg_try_advisory_xact_lock(7293003) AS mine`;
      expect(await sweep({ now })).toEqual({ deleted: {}, isElsewhere: true });
    });
    expect(await sweep({ now })).toEqual({ deleted: { oauth_artifacts: 5 }, isElsewhere: false });
  });

  test("of two that start at once every row is deleted once", async () => {
    await insertArtifacts(200, secondsAgo(400));
    const reports = await Promise.all([sweep({ now, batch: 10 }), sweep({ now, batch: 10 })]);
    const total = reports.reduce((sum, { deleted }) => sum + (deleted["oauth_artifacts"] ?? 0), 0);
    expect([total, await db().oAuthArtifact.count()]).toEqual([200, 0]);
    expect(reports.some(({ isElsewhere }) => !isElsewhere)).toBe(true);
  });

  test("a row that somebody holds is left for the next time, without waiting", async () => {
    await insertArtifacts(3, secondsAgo(400));
    await inTransaction(async (tx) => {
      await tx.$queryRaw`SELECT 1 AS one FROM oauth_artifacts LIMIT 1 FOR UPDATE`;
      expect((await sweep({ now })).deleted).toEqual({ oauth_artifacts: 2 });
    });
    expect((await sweep({ now })).deleted).toEqual({ oauth_artifacts: 1 });
  });

  test("the sweeper sweeps by itself, again and again, until it is stopped", async () => {
    const sweeper = startSweeper(10, 10);
    for (let turn = 0; turn < 2; turn += 1) {
      await insertArtifacts(2, secondsAgo(400));
      await expect.poll(() => db().oAuthArtifact.count()).toBe(0);
    }
    await sweeper.stop();
    await insertArtifacts(2, secondsAgo(400));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await db().oAuthArtifact.count()).toBe(2);
  });
});
