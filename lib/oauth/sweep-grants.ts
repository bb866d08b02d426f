import type { Tx } from "#lib/db.ts";

/** Longer than a request waits for its consent (an hour) and its code for the app after that (a minute); a device code lives shorter. */
const UNREDEEMED_HOURS = 2;

/**
 * Deletes up to `batch` grants that no app came for in time, such as those of a terminal that was closed during the consent. No
 * token was ever made of one and none can be any more, so no gateway has to hear of it; /activity keeps what was allowed.
 * @returns how many rows are gone.
 */
export async function sweepUnredeemedGrants(tx: Tx, now: Date, batch: number): Promise<number> {
  const before = new Date(now.getTime() - UNREDEEMED_HOURS * 3_600_000);
  // As in sweep.ts: locked, then deleted by their places alone.
  return await tx.$executeRaw`
    DELETE FROM oauth_grants WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM oauth_grants WHERE redeemed_at IS NULL AND created_at < ${before}
      ORDER BY created_at LIMIT ${batch} FOR UPDATE SKIP LOCKED))`;
}
