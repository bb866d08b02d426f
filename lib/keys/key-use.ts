import type { Actor } from "#lib/audit/actor.ts";
import { db } from "#lib/db.ts";
import { getKey } from "./get-key.ts";
import { type HandOver, handOver } from "./hand-over.ts";
import { type Sighting, sightingsOf } from "./key-sightings.ts";
import type { KeyView } from "./key-view.ts";
import { wasUsedRecently } from "./revoke-key.ts";
import type { ReadKeyUseInput } from "./schemas.ts";

const DAY_MS = 24 * 3_600_000;
const USE_DAYS = 30;

export type KeyUse = {
  key: KeyView;
  /** Every client that was seen, newest first, at most 50. */
  sightings: Sighting[];
  /** Those of the last 24 hours. */
  recent: Sighting[];
  /** Whether revoking asks for the name: the key was used within 24 hours. */
  mustTypeName: boolean;
  /** Undefined when the key was never part of a rotation. */
  handOver: HandOver | undefined;
  /** Answered and refused requests of the last 30 days. */
  requests: number;
  refused: number;
  /** The one operation that was called in these days; undefined when there were several, or none. */
  operation: string | undefined;
  /** When this was read: a verdict is stale after 10 s. */
  readAt: Date;
};

/**
 * Who uses a key, as its page and its dialogs say it before an act.
 * @throws DomainError `key_not_found` (absent, or not the actor's).
 */
export async function readKeyUse(actor: Actor, input: ReadKeyUseInput, now = new Date()): Promise<KeyUse> {
  const { key } = await getKey(actor, input.keyId, now);
  const [sightings, over, usage] = await Promise.all([
    sightingsOf(key.id),
    handOver(actor, key.id, now),
    db().usageBucket.groupBy({
      by: ["operation"],
      where: {
        userId: actor.userId,
        credentialId: key.id,
        hour: { gte: new Date(now.getTime() - USE_DAYS * DAY_MS) },
      },
      _sum: { requests: true, refused: true },
    }),
  ]);
  return {
    key,
    sightings,
    recent: sightings.filter((use) => now.getTime() - use.lastSeenAt.getTime() < DAY_MS),
    mustTypeName: wasUsedRecently(key.lastUsedAt, now),
    handOver: over,
    requests: sum(usage.map((row) => row._sum.requests)),
    refused: sum(usage.map((row) => row._sum.refused)),
    operation: usage.length === 1 ? usage[0]?.operation : undefined,
    readAt: now,
  };
}

function sum(counts: readonly (bigint | null)[]): number {
  return counts.reduce((total, count) => total + Number(count ?? 0), 0);
}
