import type { Actor } from "#lib/audit/actor.ts";
import { limitActs } from "#lib/audit/limit-acts.ts";
import { recordAudit } from "#lib/audit/record-audit.ts";
import { inTransaction } from "#lib/db.ts";
import { DomainError } from "#lib/errors.ts";
import { publish } from "#lib/events.ts";
import { KEY_VIEW_SELECT, type KeyView, keyView } from "./key-view.ts";
import type { RenameKeyInput } from "./schemas.ts";

/**
 * Gives a key another name, in any state. One transaction: key, audit row `key.renamed`, event `key.changed` (gateways know
 * the name); it waits for nobody, as no access changes.
 * @throws DomainError `key_not_found` (absent, or not the actor's), `rate_limited`.
 */
export async function renameKey(actor: Actor, input: RenameKeyInput, now = new Date()): Promise<KeyView> {
  const row = await inTransaction(async (tx) => {
    await limitActs(tx, actor, now);
    const mine = { id: input.keyId, userId: actor.userId };
    const before = await tx.apiKey.findFirst({ where: mine, select: KEY_VIEW_SELECT });
    if (!before) throw new DomainError("key_not_found");
    await tx.apiKey.updateMany({ where: mine, data: { name: input.name } });
    const target = { type: "key", id: before.id, name: input.name } as const;
    await recordAudit(tx, actor, { action: "key.renamed", target, details: { from: before.name } }, now);
    await publish(tx, { type: "key.changed", userId: actor.userId, subjectId: before.id });
    return { ...before, name: input.name };
  });
  return keyView(row, now);
}
