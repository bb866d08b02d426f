import { db } from "#lib/db.ts";
import { singleton } from "#lib/singleton.ts";

/** Registrations that nobody has allowed anything yet, some 1 KB each: what many addresses together can leave for a day. */
const UNUSED_MAX = 100_000;
/** A minute late, no more than what passes in a minute is too much. */
const COUNTED_FOR_MS = 60_000;

/**
 * Whether there are so many unused registrations that no new client may register, until the sweep has taken some. Counted at most
 * once a minute in each process, on the sweep's index, and never past the bound.
 */
export async function isRegistrationFull(nowMs: number): Promise<boolean> {
  const last = singleton("registration-count", () => ({ isFull: false, at: Number.NEGATIVE_INFINITY }));
  if (nowMs - last.at < COUNTED_FOR_MS) return last.isFull;
  // First, so that one of many requests counts.
  last.at = nowMs;
  const [row] = await db().$queryRaw<{ unused: bigint }[]>`
    SELECT count(*) AS unused FROM (
      SELECT 1 FROM oauth_clients WHERE kind = 'registered' AND last_granted_at IS NULL LIMIT ${UNUSED_MAX}) unused`;
  last.isFull = Number(row?.unused ?? 0) >= UNUSED_MAX;
  return last.isFull;
}
