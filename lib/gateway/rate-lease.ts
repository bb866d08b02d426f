import { db, statement } from "#lib/db.ts";
import { log } from "#lib/log.ts";
import type { Budget } from "./rate-limit.ts";

const SWEEP_EVERY_MS = 60_000;
const KEPT_MS = 600_000;

type Waiting = { budget: Budget; resolve: () => void; reject: (error: unknown) => void };
export type Lease = (budget: Budget) => Promise<void>;

/**
 * Makes what takes one more portion of a budget from PostgreSQL and adds what was granted, which is nothing once all is leased.
 * What is asked for while a statement runs goes together into the next one, so a burst of keys costs a few statements.
 */
export function makeLease(): Lease {
  let waiting: Waiting[] = [];
  let isRunning = false;
  let sweptAtMs = Date.now();

  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        await leaseAll(batch.map(({ budget }) => budget));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        // Each is told by itself, so this never rejects.
        for (const { reject } of batch) reject(error);
      }
    }
    isRunning = false;
    if (Date.now() - sweptAtMs < SWEEP_EVERY_MS) return;
    sweptAtMs = Date.now();
    sweep(sweptAtMs);
  };

  return (budget) =>
    new Promise((resolve, reject) => {
      waiting.push({ budget, resolve, reject });
      if (isRunning) return;
      isRunning = true;
      setImmediate(() => void run());
    });
}

/**
 * `leased` only grows, so who took which part is decided by the order of the updates: granted is what of this portion lies below
 * the limit. Rows are locked in one order, so that two gateways never wait for each other.
 */
async function leaseAll(budgets: readonly Budget[]): Promise<void> {
  const ordered = budgets.toSorted((one, other) => (one.bucket < other.bucket ? -1 : 1));
  const buckets = ordered.map(({ bucket }) => bucket);
  const portions = ordered.map(({ portion }) => portion);
  const windows = ordered.map(({ windowStartMs }) => new Date(windowStartMs).toISOString());
  const text = `
    INSERT INTO rate_leases AS l (bucket, window_start, leased)
    SELECT bucket, window_start::timestamptz, portion
    FROM unnest($1::text[], $2::text[], $3::int[]) AS asked (bucket, window_start, portion)
    ORDER BY bucket, window_start
    ON CONFLICT (bucket, window_start) DO UPDATE SET leased = l.leased + EXCLUDED.leased
    RETURNING bucket, window_start AS "windowStart", leased`;
  type Row = { bucket: string; windowStart: Date; leased: number };
  const { rows } = await statement<Row>(text, [buckets, windows, portions]);
  const leased = new Map(rows.map((row) => [`${row.bucket} ${row.windowStart.getTime()}`, row.leased]));
  for (const budget of ordered) {
    const after = leased.get(`${budget.bucket} ${budget.windowStartMs}`) ?? budget.limit + budget.portion;
    const before = Math.min(after - budget.portion, budget.limit);
    budget.left += Math.min(budget.portion, budget.limit - before);
    budget.leasedByAll = Math.min(after, budget.limit);
  }
}

/** Deletes what past windows left. */
function sweep(nowMs: number): void {
  db()
    .rateLease.deleteMany({ where: { windowStart: { lt: new Date(nowMs - KEPT_MS) } } })
    .catch((error: unknown) => log.debug("Deleting old rate leases failed", { error: String(error) }));
}
