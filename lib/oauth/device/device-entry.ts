import type { Actor } from "#lib/audit/actor.ts";
import { inTransaction, type Tx } from "#lib/db.ts";
import { addressBucket } from "#lib/users/sign-in-backoff.ts";

/**
 * How many wrong codes until entry pauses (RFC 8628 section 5.1). One person's sessions count as one, which is stricter than five
 * for each; one address, so that many accounts at it do not help.
 */
const RULES = { user: 5, address: 20 } as const;
const PAUSE_MS = 10 * 60_000;

type Subject = { subject: string; wrongMax: number };

/**
 * Asks for one try at a code. It counts as a wrong one from this moment, before the code is looked at, so that a hundred tries at
 * once are counted one by one; {@link forgiveEntry} takes it back. Counts are forgotten after ten minutes without a wrong code.
 * @returns milliseconds to wait, 0 when admitted.
 */
export async function admitEntry(actor: Actor, now: Date): Promise<number> {
  return await inTransaction(async (tx) => {
    let waitMs = 0;
    const rows = [];
    for (const { subject, wrongMax } of subjectsOf(actor)) {
      const row = await lock(tx, subject, now);
      const left = row.retryAt ? row.retryAt.getTime() - now.getTime() : 0;
      const isForgotten = now.getTime() - row.lastFailedAt.getTime() >= PAUSE_MS || (row.retryAt !== null && left <= 0);
      rows.push({ subject, wrongMax, failures: (isForgotten ? 0 : row.failures) + 1 });
      waitMs = Math.max(waitMs, left);
    }
    if (waitMs > 0) return waitMs;
    for (const { subject, wrongMax, failures } of rows) {
      const retryAt = failures >= wrongMax ? new Date(now.getTime() + PAUSE_MS) : null;
      await tx.signInBackoff.update({ where: { subject }, data: { failures, lastFailedAt: now, retryAt } });
    }
    return 0;
  });
}

/** After a right code: this one try does not count. The others do: whoever owns a device could otherwise clear the count at will. */
export async function forgiveEntry(actor: Actor): Promise<void> {
  await inTransaction(async (tx) => {
    for (const { subject } of subjectsOf(actor)) {
      const where = { subject, failures: { gt: 0 } };
      await tx.signInBackoff.updateMany({ where, data: { failures: { decrement: 1 }, retryAt: null } });
    }
  });
}

/** In one order for all, so that two tries cannot wait for each other. */
function subjectsOf(actor: Actor): Subject[] {
  return [
    { subject: `device-address:${addressBucket(actor.address)}`, wrongMax: RULES.address },
    { subject: `device-user:${actor.userId}`, wrongMax: RULES.user },
  ];
}

type Row = { failures: number; lastFailedAt: Date; retryAt: Date | null };

async function lock(tx: Tx, subject: string, now: Date): Promise<Row> {
  // The no-op update takes the row's lock; an insert alone would not wait for another transaction's row.
  const [row] = await tx.$queryRaw<Row[]>`
    INSERT INTO sign_in_backoffs (subject, failures, last_failed_at) VALUES (${subject}, 0, ${now})
    ON CONFLICT (subject) DO UPDATE SET failures = sign_in_backoffs.failures
    RETURNING failures, last_failed_at AS "lastFailedAt", retry_at AS "retryAt"`;
  return row ?? { failures: 0, lastFailedAt: now, retryAt: null };
}
