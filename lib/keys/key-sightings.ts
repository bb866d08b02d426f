import type { Actor } from "#lib/audit/actor.ts";
import { db } from "#lib/db.ts";
import { getKey } from "./get-key.ts";

export type Sighting = { client: string; address: string; firstSeenAt: Date; lastSeenAt: Date; requests: number };

/**
 * Who used a key: client (product/version of its user agent) and address, newest first, at most 50.
 * @throws DomainError `key_not_found`.
 */
export async function keySightings(actor: Actor, keyId: string, now = new Date()): Promise<Sighting[]> {
  const { key } = await getKey(actor, keyId, now);
  return sightingsOf(key.id);
}

/** The sightings of a key whose owner was checked. */
export async function sightingsOf(keyId: string): Promise<Sighting[]> {
  const rows = await db().keySighting.findMany({
    where: { keyId },
    orderBy: { lastSeenAt: "desc" },
    select: { client: true, address: true, firstSeenAt: true, lastSeenAt: true, requests: true },
  });
  return rows.map((row) => ({ ...row, requests: Number(row.requests) }));
}
