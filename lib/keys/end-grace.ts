import type { Actor } from "#lib/audit/actor.ts";
import { limitActs } from "#lib/audit/limit-acts.ts";
import { recordAudit } from "#lib/audit/record-audit.ts";
import { db } from "#lib/db.ts";
import { act } from "#lib/events/act.ts";
import { keepReceipt } from "#lib/events/kept-receipt.ts";
import type { Receipt } from "#lib/events/receipt.ts";
import { publish } from "#lib/events.ts";
import { type KeyView, keyView } from "./key-view.ts";
import { changeGrace } from "./move-grace.ts";
import type { EndGraceInput } from "./schemas.ts";

/**
 * Ends the grace period of a replaced key now; its successor is untouched.
 * One transaction: key, audit row `key.grace_ended`, event `key.changed`; then waits for the gateways.
 * @throws DomainError `key_not_found` (absent, or not the actor's), `key_not_in_grace`, `rate_limited`.
 */
export async function endGrace(
  actor: Actor,
  input: EndGraceInput,
  now = new Date(),
): Promise<{ key: KeyView; receipt: Receipt }> {
  const { result, receipt } = await act(async (tx) => {
    await limitActs(tx, actor, now);
    const row = await changeGrace(tx, actor, input.keyId, () => now, now);
    await recordAudit(
      tx,
      actor,
      { action: "key.grace_ended", target: { type: "key", id: row.id, name: row.name } },
      now,
    );
    await publish(tx, { type: "key.changed", userId: actor.userId, subjectId: row.id });
    return row;
  });
  const where = { id: result.id, userId: actor.userId };
  await keepReceipt(receipt, (endReceipt) => db().apiKey.updateMany({ where, data: { endReceipt } }));
  return { key: keyView(result, now), receipt };
}
