import { setTimeout as sleep } from "node:timers/promises";
import { inTransaction, type Tx } from "#lib/db.ts";
import { Prisma } from "#lib/generated/prisma/client.ts";
import { sweepUnusedClients } from "#lib/oauth/registration/sweep-clients.ts";
import { sweepUnredeemedGrants } from "#lib/oauth/sweep-grants.ts";
import { SWEEP_RULES, type SweepRule } from "./rules.ts";

/** Rows deleted in one transaction: short enough that nobody waits for it. */
export const SWEEP_BATCH = 5_000;
const SWEEP_LOCK = 7_293_003;

/** Rows deleted, by table; what lost none is left out. */
export type SweepReport = {
  deleted: Readonly<Record<string, number>>;
  /** Another process was sweeping: this one left it to it. */
  isElsewhere: boolean;
};

export type SweepOptions = {
  now?: Date;
  batch?: number;
  /** Asked between batches. */
  isStopped?: () => boolean;
};

/**
 * Deletes what {@link SWEEP_RULES} name, grants that no app came for and clients that nobody used, in batches, resting after each as
 * long as it took. Rows that a transaction holds are left for the next time. One process at a time does it, over all processes; one that meets another at
 * work gives up.
 * @throws what the database throws; batches before stay deleted.
 */
export async function sweep(options: SweepOptions = {}): Promise<SweepReport> {
  const { now = new Date(), batch = SWEEP_BATCH, isStopped = () => false } = options;
  const deleted: Record<string, number> = {};
  for (const { name, deleteBatch } of STEPS) {
    for (let full = true; full && !isStopped(); ) {
      const startedAt = performance.now();
      const count = await alone((tx) => deleteBatch(tx, now, batch));
      if (count === "elsewhere") return { deleted, isElsewhere: true };
      if (count > 0) deleted[name] = (deleted[name] ?? 0) + count;
      full = count >= batch;
      if (full) await sleep(performance.now() - startedAt);
    }
  }
  return { deleted, isElsewhere: false };
}

/** Deletes at most about `batch` rows. @returns how many; fewer than `batch` when nothing is left. */
type Step = { name: string; deleteBatch: (tx: Tx, now: Date, batch: number) => Promise<number> };

const STEPS: readonly Step[] = [
  ...SWEEP_RULES.map((rule) => ({
    name: rule.table,
    deleteBatch: (tx: Tx, now: Date, batch: number) => deleteExpired(tx, rule, now, batch),
  })),
  { name: "unredeemed_grants", deleteBatch: sweepUnredeemedGrants },
  { name: "unused_clients", deleteBatch: (_tx, now, batch) => sweepUnusedClients(now, batch) },
];

/** The lock ends with the transaction, so a process that dies holds up nobody, and a pooler in between does no harm. */
function alone(work: (tx: Tx) => Promise<number>): Promise<number | "elsewhere"> {
  return inTransaction(async (tx) => {
    const [lock] = await tx.$queryRaw<{ mine: boolean }[]>`SELECT pg_try_advisory_xact_lock(${SWEEP_LOCK}) AS mine`;
    return lock?.mine ? await work(tx) : "elsewhere";
  });
}

/**
 * The inner SELECT locks what it finds, so nothing changes until the DELETE. That has no condition but the place of the row: with
 * another, a planner whose statistics are old walks the index and compares every row with every place.
 */
function deleteExpired(tx: Tx, rule: SweepRule, now: Date, batch: number): Promise<number> {
  const [table, column] = [Prisma.raw(rule.table), Prisma.raw(rule.column)];
  const before = new Date(now.getTime() - rule.keptSeconds * 1000);
  return tx.$executeRaw`
    DELETE FROM ${table} WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM ${table} WHERE ${column} < ${before}
      ORDER BY ${column} LIMIT ${batch} FOR UPDATE SKIP LOCKED))`;
}
