import type { Actor } from "#lib/audit/actor.ts";
import { type ActivityRow, listAudit } from "#lib/audit/list-audit.ts";

/**
 * What was done with these keys of the actor's, newest first, at most 50 rows of each. The rotation that made a key is a row of
 * the key it replaced, so a key's history is read together with its predecessor's.
 */
export async function keyHistory(actor: Actor, keyIds: readonly string[]): Promise<ActivityRow[]> {
  const pages = await Promise.all(keyIds.map((targetId) => listAudit(actor, { targetId })));
  return pages
    .flatMap((page) => page.rows)
    .toSorted((one, other) => other.occurredAt.getTime() - one.occurredAt.getTime());
}
