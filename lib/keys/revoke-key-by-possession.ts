import type { Actor } from "#lib/audit/actor.ts";
import { recordAudit } from "#lib/audit/record-audit.ts";
import { db } from "#lib/db.ts";
import { act } from "#lib/events/act.ts";
import { publish } from "#lib/events.ts";
import { keyHash } from "./key-hash.ts";

/**
 * Ends the key that is presented, for whoever holds it: a person who found it in a leak can stop it at once, and with a key in
 * hand could do worse. When this answers true, every gateway refuses it. One transaction: key, audit row `key.revoked` (by
 * `system`, for the owner, from `address`), event; then waits for the gateways.
 * @returns whether it was a key that was not revoked yet; the caller tells nobody.
 */
export async function revokeKeyByPossession(
  key: string,
  from: { address: string; userAgent: string | undefined },
  now = new Date(),
): Promise<boolean> {
  const hash = keyHash(key);
  const found = await db().apiKey.findFirst({
    where: { hash, revokedAt: null },
    select: { id: true, userId: true, name: true },
  });
  if (!found) return false;
  const { id, userId, name } = found;
  const actor: Actor = { kind: "system", userId, isAdministrator: false, ...from };
  const { result } = await act(async (tx) => {
    const data = { revokedAt: now, revokedBy: "possession" };
    const { count } = await tx.apiKey.updateMany({ where: { id, userId, hash, revokedAt: null }, data });
    if (count === 0) return false;
    const details = { by: "possession" };
    await recordAudit(tx, actor, { action: "key.revoked", target: { type: "key", id, name }, details }, now);
    await publish(tx, { type: "key.changed", userId, subjectId: id });
    return true;
  });
  return result;
}
