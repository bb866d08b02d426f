import type { Actor } from "#lib/audit/actor.ts";
import { db } from "#lib/db.ts";
import { handOver } from "./hand-over.ts";
import { KEY_VIEW_SELECT, type KeyView, keyView } from "./key-view.ts";

/** Looked through for one that is in use; a user with more rotations at once sees the soonest. */
const LOOKED_AT = 5;

/**
 * The old key in grace that ends next and that a client still uses; undefined when nobody uses any.
 * `clients`: how many have not moved to the successor.
 */
export async function endingGrace(
  actor: Actor,
  now = new Date(),
): Promise<{ key: KeyView; clients: number } | undefined> {
  const rows = await db().apiKey.findMany({
    where: {
      userId: actor.userId,
      revokedAt: null,
      graceEndsAt: { gt: now },
      OR: [{ expiresAt: null }, { expiresAt: { gt: now } }],
    },
    orderBy: { graceEndsAt: "asc" },
    take: LOOKED_AT,
    select: KEY_VIEW_SELECT,
  });
  for (const row of rows) {
    const over = await handOver(actor, row.id, now);
    const clients = over?.clients.filter(({ group }) => group === "old").length ?? 0;
    if (clients > 0) return { key: keyView(row, now), clients };
  }
  return undefined;
}
