import { db } from "#lib/db.ts";

/** Product/version of a user agent, and an address. */
export type Sighting = { client: string; address: string; firstSeenAt: Date; lastSeenAt: Date; requests: number };

/** Who used a key, newest first, at most 50. The caller has checked that the key is the actor's. */
export async function sightingsOf(keyId: string): Promise<Sighting[]> {
  const rows = await db().keySighting.findMany({
    where: { keyId },
    orderBy: { lastSeenAt: "desc" },
    select: { client: true, address: true, firstSeenAt: true, lastSeenAt: true, requests: true },
  });
  return rows.map((row) => ({ ...row, requests: Number(row.requests) }));
}
