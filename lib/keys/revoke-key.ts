import type { Actor } from "#lib/audit/actor.ts";
import { limitActs } from "#lib/audit/limit-acts.ts";
import { recordAudit } from "#lib/audit/record-audit.ts";
import { db } from "#lib/db.ts";
import { DomainError } from "#lib/errors.ts";
import { act } from "#lib/events/act.ts";
import { keepReceipt } from "#lib/events/kept-receipt.ts";
import type { Receipt } from "#lib/events/receipt.ts";
import { publish } from "#lib/events.ts";
import { KEY_VIEW_SELECT, type KeyView, keyView } from "./key-view.ts";
import type { RevokeKeyInput } from "./schemas.ts";

const RECENT_USE_MS = 24 * 3_600_000;

/**
 * Ends a key at once, grace or not. When this answers, every gateway refuses it; the receipt says who proved it.
 * A person must type the name of a key that was used within 24 hours (compared after trim and NFC; case counts).
 * One transaction: key, audit row `key.revoked`, event `key.changed`; then waits for the gateways.
 * @throws DomainError `key_not_found` (absent, or not the actor's), `key_not_active` (revoked already), `name_mismatch`, `rate_limited`.
 */
export async function revokeKey(
  actor: Actor,
  input: RevokeKeyInput,
  now = new Date(),
): Promise<{ key: KeyView; receipt: Receipt }> {
  const { result, receipt } = await act(async (tx) => {
    await limitActs(tx, actor, now);
    const mine = { id: input.keyId, userId: actor.userId };
    const before = await tx.apiKey.findFirst({ where: mine, select: KEY_VIEW_SELECT });
    if (!before) throw new DomainError("key_not_found");
    if (actor.kind === "user" && wasUsedRecently(before.lastUsedAt, now) && !isSameName(input.typedName, before.name)) {
      throw new DomainError("name_mismatch", { details: { field: "typedName" } });
    }
    const revokedBy = actor.kind;
    const { count } = await tx.apiKey.updateMany({
      where: { ...mine, revokedAt: null },
      data: { revokedAt: now, revokedBy },
    });
    if (count === 0)
      throw new DomainError("key_not_active", { message: "This key is revoked already. Reload to see it." });
    await recordAudit(
      tx,
      actor,
      { action: "key.revoked", target: { type: "key", id: before.id, name: before.name } },
      now,
    );
    await publish(tx, { type: "key.changed", userId: actor.userId, subjectId: before.id });
    return { ...before, revokedAt: now, revokedBy };
  });
  const where = { id: result.id, userId: actor.userId };
  await keepReceipt(receipt, (endReceipt) => db().apiKey.updateMany({ where, data: { endReceipt } }));
  return { key: keyView(result, now), receipt };
}

/** Whether a key was used within 24 hours: then revoking asks for its name. */
export function wasUsedRecently(lastUsedAt: Date | null, now: Date): boolean {
  return lastUsedAt !== null && now.getTime() - lastUsedAt.getTime() < RECENT_USE_MS;
}

function isSameName(typed: string | undefined, name: string): boolean {
  return typed?.normalize("NFC").trim() === name.normalize("NFC").trim();
}
