import type { Actor } from "#lib/audit/actor.ts";
import { getKey } from "./get-key.ts";
import { type Sighting, sightingsOf } from "./key-sightings.ts";

const WEEK_MS = 7 * 24 * 3_600_000;

export type HandOverClient = {
  client: string;
  address: string;
  lastOldUse: Date | undefined;
  firstNewUse: Date | undefined;
  lastNewUse: Date | undefined;
  /** `old`: used the old key since the rotation and not the new one since. `moved`: used the new key, not the old one since.
   *  `not_seen`: used the old key within 7 days before the rotation, and neither since. */
  group: "old" | "moved" | "not_seen";
};

/**
 * Whether the old key may be ended:
 * - `safe_all_moved`: every client that was seen uses the new key, since `since`;
 * - `safe_unused`: nobody used either key from 7 days before the rotation on;
 * - `not_safe`: a client still uses the old key;
 * - `unclear`: nobody uses the old key now, but some clients were not seen since the rotation.
 */
export type HandOverVerdict = "safe_all_moved" | "safe_unused" | "not_safe" | "unclear";

export type HandOver = {
  rotatedAt: Date;
  endsAt: Date;
  clients: HandOverClient[];
  verdict: HandOverVerdict;
  /** For `safe_all_moved`: when the last client moved. */
  since: Date | undefined;
};

/**
 * Who has moved from the old key to its successor. `keyId` may name either of the two.
 * @returns undefined when the key was never part of a rotation.
 * @throws DomainError `key_not_found`.
 */
export async function handOver(actor: Actor, keyId: string, now = new Date()): Promise<HandOver | undefined> {
  const { key, predecessor, successor } = await getKey(actor, keyId, now);
  const old = successor ? key : predecessor;
  const replacement = successor ?? key;
  if (!old?.rotatedAt || !old.graceEndsAt) return undefined;
  const [oldUses, newUses] = await Promise.all([sightingsOf(old.id), sightingsOf(replacement.id)]);
  const clients = groupClients(oldUses, newUses, old.rotatedAt);
  return { rotatedAt: old.rotatedAt, endsAt: old.graceEndsAt, clients, ...handOverVerdict(clients) };
}

/** Pure: puts every client (user agent and address) that matters into its group. */
export function groupClients(
  oldUses: readonly Sighting[],
  newUses: readonly Sighting[],
  rotatedAt: Date,
): HandOverClient[] {
  const seen = new Map<string, { client: string; address: string; old?: Sighting; new?: Sighting }>();
  for (const use of oldUses) seen.set(identity(use), { client: use.client, address: use.address, old: use });
  for (const use of newUses)
    seen.set(identity(use), { client: use.client, address: use.address, ...seen.get(identity(use)), new: use });
  const recently = new Date(rotatedAt.getTime() - WEEK_MS);
  return [...seen.values()].flatMap((entry) => {
    const lastOldUse = entry.old?.lastSeenAt;
    const lastNewUse = entry.new?.lastSeenAt;
    const group = groupOf(lastOldUse, lastNewUse, rotatedAt, recently);
    if (group === undefined) return [];
    return [
      {
        client: entry.client,
        address: entry.address,
        lastOldUse,
        firstNewUse: entry.new?.firstSeenAt,
        lastNewUse,
        group,
      },
    ];
  });
}

/** Pure: the verdict on a grouped list. */
export function handOverVerdict(clients: readonly HandOverClient[]): {
  verdict: HandOverVerdict;
  since: Date | undefined;
} {
  if (clients.some((client) => client.group === "old")) return { verdict: "not_safe", since: undefined };
  if (clients.some((client) => client.group === "not_seen")) return { verdict: "unclear", since: undefined };
  if (clients.length === 0) return { verdict: "safe_unused", since: undefined };
  const moves = clients.flatMap((client) => (client.firstNewUse ? [client.firstNewUse.getTime()] : []));
  return { verdict: "safe_all_moved", since: new Date(Math.max(...moves)) };
}

function groupOf(
  lastOldUse: Date | undefined,
  lastNewUse: Date | undefined,
  rotatedAt: Date,
  recently: Date,
): HandOverClient["group"] | undefined {
  if (lastNewUse && (!lastOldUse || lastOldUse <= lastNewUse)) return "moved";
  if (lastOldUse && lastOldUse > rotatedAt) return "old";
  return lastOldUse && lastOldUse >= recently ? "not_seen" : undefined;
}

function identity(use: Sighting): string {
  return `${use.client}\n${use.address}`;
}
