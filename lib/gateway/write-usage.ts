import { db, inTransaction, type Tx } from "#lib/db.ts";
import type { Count, Sighting, Tally } from "./tally.ts";

const SIGHTINGS_MAX = 50;
const ADDRESS_MAX = 200;

/** What is written in one transaction; `tally`, `count` and `sighting` are where the numbers come from. */
export type UsageBatch = {
  counts: { tally: Tally; count: Count; operation: string; hour: Date; requests: number; refused: number }[];
  uses: { tally: Tally; usedAtMs: number; client: string; address: string }[];
  sightings: {
    tally: Tally;
    sighting: Sighting;
    client: string;
    address: string;
    requests: number;
    usedAtMs: number;
  }[];
};

/**
 * Adds the counts, moves last uses of keys and grants forward, notes the first use of a grant, and keeps the 50 newest sightings of each key: all or nothing.
 * Most batches are counts alone, and need no more than one statement.
 */
export async function writeUsage(batch: UsageBatch): Promise<void> {
  const { counts, uses, sightings } = batch;
  if (uses.length === 0) {
    if (counts.length > 0) await addCounts(db(), counts);
    return;
  }
  const keys = uses.filter(({ tally }) => tally.isKey);
  const grants = uses.filter(({ tally }) => !tally.isKey);
  await inTransaction(async (tx) => {
    if (counts.length > 0) await addCounts(tx, counts);
    // In one order, so that two gateways never wait for each other, and first, so that sightings of a key are written in turn.
    if (keys.length > 0) {
      const ids = keys.map(({ tally }) => tally.credentialId);
      await tx.$queryRaw`SELECT 1 FROM api_keys WHERE id = ANY (${ids}::uuid[]) ORDER BY id FOR NO KEY UPDATE`;
      await moveKeyUses(tx, keys);
      const ofKeys = sightings.filter(({ tally }) => tally.isKey);
      await addSightings(tx, ofKeys);
      await dropOldSightings(tx, ids);
    }
    if (grants.length > 0) {
      const ids = grants.map(({ tally }) => tally.credentialId);
      await tx.$queryRaw`SELECT 1 FROM oauth_grants WHERE id = ANY (${ids}::uuid[]) ORDER BY id FOR NO KEY UPDATE`;
      await moveGrantUses(tx, grants);
    }
  });
}

/** Rows go as one JSON text: a text for each value of each row would cost the gateway several times as much. */
async function addCounts(client: Pick<Tx, "$executeRaw">, rows: UsageBatch["counts"]): Promise<void> {
  const counted = JSON.stringify(
    rows.map(({ tally, operation, hour, requests, refused }) => ({
      user_id: tally.userId,
      credential_id: tally.credentialId,
      operation,
      hour,
      requests,
      refused,
    })),
  );
  await client.$executeRaw`
    INSERT INTO usage_buckets AS b (user_id, credential_id, operation, hour, requests, refused)
    SELECT user_id, credential_id, operation, hour, requests, refused
    FROM json_to_recordset(${counted}::json)
      AS counted (user_id uuid, credential_id uuid, operation text, hour timestamptz, requests int, refused int)
    ORDER BY user_id, credential_id, hour, operation
    ON CONFLICT (user_id, credential_id, hour, operation)
    DO UPDATE SET requests = b.requests + EXCLUDED.requests, refused = b.refused + EXCLUDED.refused`;
}

async function moveKeyUses(tx: Tx, rows: UsageBatch["uses"]): Promise<void> {
  await tx.$executeRaw`
    UPDATE api_keys AS k SET last_used_at = used.at, last_used_client = used.client, last_used_address = used.address
    FROM json_to_recordset(${usesText(rows)}::json) AS used (id uuid, at timestamptz, client text, address text)
    WHERE k.id = used.id AND (k.last_used_at IS NULL OR k.last_used_at < used.at)`;
}

async function moveGrantUses(tx: Tx, rows: UsageBatch["uses"]): Promise<void> {
  await tx.$executeRaw`
    UPDATE oauth_grants AS g SET last_used_at = used.at, last_used_client = used.client, last_used_address = used.address,
      first_used_at = LEAST(g.first_used_at, g.last_used_at, used.first)
    FROM json_to_recordset(${usesText(rows)}::json) AS used (id uuid, first timestamptz, at timestamptz, client text, address text)
    WHERE g.id = used.id AND (g.last_used_at IS NULL OR g.last_used_at < used.at)`;
}

function usesText(rows: UsageBatch["uses"]): string {
  return JSON.stringify(
    rows.map(({ tally, usedAtMs, client, address }) => ({
      id: tally.credentialId,
      first: new Date(tally.firstUsedAtMs),
      at: new Date(usedAtMs),
      client,
      address: address.slice(0, ADDRESS_MAX),
    })),
  );
}

/** Different user agents of one client count together. Joined with the keys, since a key may be gone by now. */
async function addSightings(tx: Tx, rows: UsageBatch["sightings"]): Promise<void> {
  const seen = JSON.stringify(
    rows.map(({ tally, client, address, usedAtMs, requests }) => ({
      id: tally.credentialId,
      client,
      address: address.slice(0, ADDRESS_MAX),
      at: new Date(usedAtMs),
      requests,
    })),
  );
  await tx.$executeRaw`
    INSERT INTO key_sightings AS s (key_id, client, address, first_seen_at, last_seen_at, requests)
    SELECT k.id, seen.client, seen.address, min(seen.at), max(seen.at), sum(seen.requests)
    FROM json_to_recordset(${seen}::json) AS seen (id uuid, client text, address text, at timestamptz, requests int)
    JOIN api_keys AS k ON k.id = seen.id
    GROUP BY k.id, seen.client, seen.address
    ON CONFLICT (key_id, client, address)
    DO UPDATE SET last_seen_at = GREATEST(s.last_seen_at, EXCLUDED.last_seen_at), requests = s.requests + EXCLUDED.requests`;
}

async function dropOldSightings(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM key_sightings AS s USING (
      SELECT key_id, client, address, row_number() OVER (PARTITION BY key_id ORDER BY last_seen_at DESC) AS place
      FROM key_sightings WHERE key_id = ANY (${ids}::uuid[])) AS ranked
    WHERE ranked.place > ${SIGHTINGS_MAX}
      AND s.key_id = ranked.key_id AND s.client = ranked.client AND s.address = ranked.address`;
}
