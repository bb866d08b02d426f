import type { Actor } from "#lib/audit/actor.ts";
import { limitActs } from "#lib/audit/limit-acts.ts";
import { recordAudit } from "#lib/audit/record-audit.ts";
import type { Tx } from "#lib/db.ts";
import { DomainError } from "#lib/errors.ts";
import { act } from "#lib/events/act.ts";
import type { Receipt } from "#lib/events/receipt.ts";
import { publish } from "#lib/events.ts";
import { newId } from "#lib/ids.ts";
import { generateKey, shownPrefix } from "./key-format.ts";
import { keyHash } from "./key-hash.ts";
import { keyState } from "./key-state.ts";
import { KEY_VIEW_SELECT, type KeyView, keyView } from "./key-view.ts";
import { rememberAct } from "./remember-act.ts";
import { gracePeriodSchema, type RotateKeyInput } from "./schemas.ts";

export type RotatedKey = {
  /** The successor. */
  key: KeyView;
  /** The successor's plaintext, shown once; cannot be read again. */
  plaintext: string;
  predecessor: KeyView;
  /** Which gateways know when the predecessor ends. */
  receipt: Receipt;
};

/**
 * Replaces an active key by a successor with the same owner, name, scope and expiry rule: never stays never, N days become
 * now + N, a fixed date stays that date. The predecessor works until min(its expiry, now + gracePeriodSeconds): rotation never
 * lengthens a life. Of rotations that meet, one succeeds.
 * One transaction: predecessor, successor, audit row `key.rotated`, event `key.changed`; then waits for the gateways.
 * @throws DomainError `key_not_found` (absent, or not the actor's), `key_not_active` (in grace, replaced, expired or revoked),
 *   `invalid_input` (a grace period outside 0 to 7 days), `answer_lost` (a repeat), `rate_limited`.
 */
export async function rotateKey(actor: Actor, input: RotateKeyInput, now = new Date()): Promise<RotatedKey> {
  const grace = gracePeriodSchema.safeParse(input.gracePeriodSeconds);
  if (!grace.success)
    throw new DomainError("invalid_input", {
      message: "Choose 0 to 168 hours.",
      details: { field: "gracePeriodSeconds" },
    });
  const plaintext = generateKey();
  const { result, receipt } = await act(async (tx) => {
    await limitActs(tx, actor, now);
    const id = newId();
    await rememberAct(tx, { userId: actor.userId, act: "key.rotate", key: input.idempotencyKey, resultId: id });
    const old = await startGrace(tx, actor, input.keyId, grace.data, now);
    const successor = await tx.apiKey.create({
      data: {
        id,
        userId: actor.userId,
        name: old.name,
        hash: keyHash(plaintext),
        prefix: shownPrefix(plaintext),
        scope: old.scope,
        createdAt: now,
        expiresAt: old.lifetimeSeconds === null ? old.expiresAt : new Date(now.getTime() + old.lifetimeSeconds * 1000),
        lifetimeSeconds: old.lifetimeSeconds,
        predecessorId: old.id,
      },
      select: KEY_VIEW_SELECT,
    });
    const target = { type: "key", id: old.id, name: old.name } as const;
    const details = { successorId: id, oldKeyWorksUntil: old.graceEndsAt?.toISOString() ?? null };
    await recordAudit(tx, actor, { action: "key.rotated", target, details }, now);
    await publish(tx, { type: "key.changed", userId: actor.userId, subjectId: old.id });
    return { successor, old };
  });
  return { key: keyView(result.successor, now), plaintext, predecessor: keyView(result.old, now), receipt };
}

/** The guarded update: only a row that is still active is taken, so two rotations cannot both win. */
async function startGrace(tx: Tx, actor: Actor, keyId: string, graceSeconds: number, now: Date) {
  const mine = { id: keyId, userId: actor.userId };
  const before = await tx.apiKey.findFirst({ where: mine, select: KEY_VIEW_SELECT });
  if (!before) throw new DomainError("key_not_found");
  if (keyState(before, now) !== "active") throw new DomainError("key_not_active");
  const graceEnd = new Date(now.getTime() + graceSeconds * 1000);
  const graceEndsAt = before.expiresAt !== null && before.expiresAt < graceEnd ? before.expiresAt : graceEnd;
  const { count } = await tx.apiKey.updateMany({
    where: { ...mine, rotatedAt: null, revokedAt: null },
    data: { rotatedAt: now, graceEndsAt },
  });
  if (count === 0) throw new DomainError("key_not_active");
  return { ...before, rotatedAt: now, graceEndsAt };
}
