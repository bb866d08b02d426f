import type { Actor } from "#lib/audit/actor.ts";
import { db } from "#lib/db.ts";
import { DomainError } from "#lib/errors.ts";
import { isId } from "#lib/ids.ts";
import { KEY_VIEW_SELECT, type KeyView, keyView } from "./key-view.ts";

export type KeyWithRotation = { key: KeyView; predecessor: KeyView | undefined; successor: KeyView | undefined };

/**
 * One key of the actor's, with the key it replaced and the key that replaced it.
 * @throws DomainError `key_not_found` (absent, not the actor's, or no id at all: the answers are the same).
 */
export async function getKey(actor: Actor, keyId: string, now = new Date()): Promise<KeyWithRotation> {
  if (!isId(keyId)) throw new DomainError("key_not_found");
  const row = await db().apiKey.findFirst({
    where: { id: keyId, userId: actor.userId },
    select: { ...KEY_VIEW_SELECT, predecessor: { select: KEY_VIEW_SELECT }, successor: { select: KEY_VIEW_SELECT } },
  });
  if (!row) throw new DomainError("key_not_found");
  const { predecessor, successor, ...key } = row;
  return {
    key: keyView(key, now),
    predecessor: predecessor ? keyView(predecessor, now) : undefined,
    successor: successor ? keyView(successor, now) : undefined,
  };
}
