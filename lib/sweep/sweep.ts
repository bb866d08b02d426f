import { setTimeout as sleep } from "node:timers/promises";
import { inTransaction } from "#lib/db.ts";
import { Prisma } from "#lib/generated/prisma/client.ts";
import { SWEEP_RULES, type SweepRule } from "./rules.ts";

/** Rows deleted in one transaction: short enough that nobody waits for it. */
export const SWEEP_BATCH = 5_000;
const SWEEP_LOCK = 7_293_003;

/** Rows deleted, by table; tables without any are left out. */
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
 * Deletes what {@link SWEEP_RULES} name, in batches, resting after each as long as it took. Rows that a transaction holds are left
 * for the next time. One process at a time does it, over all processes; one that meets another at work gives up.
 * @throws what the database throws; batches before stay deleted.
 */
export async function sweep(options: SweepOptions = {}): Promise<SweepReport> {
  const { now = new Date(), batch = SWEEP_BATCH, isStopped = () => false } = options;
  const deleted: Record<string, number> = {};
  for (const rule of SWEEP_RULES) {
    const before = new Date(now.getTime() - rule.keptSeconds * 1000);
    for (let full = true; full && !isStopped(); ) {
      const startedAt = performance.now();
      const count = await deleteBatch(rule, before, batch);
      if (count === "elsewhere") return { deleted, isElsewhere: true };
      if (count > 0) deleted[rule.table] = (deleted[rule.table] ?? 0) + count;
      full = count === batch;
      if (full) await sleep(performance.now() - startedAt);
    }
  }
  return { deleted, isElsewhere: false };
}

/** The lock ends with the transaction, so a process that dies holds up nobody, and a pooler in between does no harm. */
async function deleteBatch(rule: SweepRule, before: Date, batch: number): Promise<number | "elsewhere"> {
  const [table, column] = [Prisma.raw(rule.table), Prisma.raw(rule.column)];
  return await inTransaction(async (tx) => {
    const [lock] = await tx.$queryRaw<{ mine: boolean }[]>`SELECT pg_try_advisory_xact_lock(${SWEEP_LOCK}) AS mine`;
    if (!lock?.mine) return "elsewhere";
    // The outer condition is checked again on each row: one that was renewed meanwhile stays.
    return await tx.$executeRaw`
      DELETE FROM ${table} WHERE ${column} < ${before} AND ctid = ANY (ARRAY(
        SELECT ctid FROM ${table} WHERE ${column} < ${before}
        ORDER BY ${column} LIMIT ${batch} FOR UPDATE SKIP LOCKED))`;
  });
}
