import type { Actor } from "#lib/audit/actor.ts";
import { limitActs } from "#lib/audit/limit-acts.ts";
import { recordAudit } from "#lib/audit/record-audit.ts";
import type { Tx } from "#lib/db.ts";
import { DomainError } from "#lib/errors.ts";
import { act } from "#lib/events/act.ts";
import { publish } from "#lib/events.ts";
import { keyState } from "./key-state.ts";
import { KEY_VIEW_SELECT, type KeyView, keyView } from "./key-view.ts";
import { GRACE_MAX_SECONDS, type MoveGraceInput } from "./schemas.ts";

type KeyRow = Parameters<typeof keyView>[0];

/**
 * Moves the end of a running grace period, earlier or later: after now, at most 7 days after the rotation, never past the
 * key's own expiry. One transaction: key, audit row `key.grace_moved`, event `key.changed`; then waits for the gateways.
 * @throws DomainError `key_not_found` (absent, or not the actor's), `key_not_in_grace`, `invalid_input`, `rate_limited`.
 */
export async function moveGrace(actor: Actor, input: MoveGraceInput, now = new Date()): Promise<KeyView> {
  const { result } = await act(async (tx) => {
    await limitActs(tx, actor, now);
    const row = await changeGrace(tx, actor, input.keyId, (before) => checkedEnd(before, input.until, now), now);
    const details = { worksUntil: row.graceEndsAt?.toISOString() ?? null };
    await recordAudit(
      tx,
      actor,
      { action: "key.grace_moved", target: { type: "key", id: row.id, name: row.name }, details },
      now,
    );
    await publish(tx, { type: "key.changed", userId: actor.userId, subjectId: row.id });
    return row;
  });
  return keyView(result, now);
}

/** Sets `graceEndsAt` of a key that is in grace at `now`; guarded against a change in between. */
export async function changeGrace(
  tx: Tx,
  actor: Actor,
  keyId: string,
  newEnd: (before: KeyRow) => Date,
  now: Date,
): Promise<KeyRow> {
  const mine = { id: keyId, userId: actor.userId };
  const before = await tx.apiKey.findFirst({ where: mine, select: KEY_VIEW_SELECT });
  if (!before) throw new DomainError("key_not_found");
  if (keyState(before, now) !== "in_grace") throw new DomainError("key_not_in_grace");
  const graceEndsAt = newEnd(before);
  const { count } = await tx.apiKey.updateMany({
    where: { ...mine, revokedAt: null, graceEndsAt: before.graceEndsAt },
    data: { graceEndsAt },
  });
  if (count === 0) throw new DomainError("key_not_in_grace");
  return { ...before, graceEndsAt };
}

/** The latest end that a grace period may be moved to. */
export function latestGraceEnd(key: { rotatedAt: Date | null; expiresAt: Date | null }): Date {
  const latest = new Date((key.rotatedAt?.getTime() ?? 0) + GRACE_MAX_SECONDS * 1000);
  return key.expiresAt !== null && key.expiresAt < latest ? key.expiresAt : latest;
}

function checkedEnd(before: KeyRow, until: Date, now: Date): Date {
  const latest = latestGraceEnd(before);
  if (Number.isNaN(until.getTime()) || until <= now || until > latest) {
    throw new DomainError("invalid_input", {
      message: `Choose a time after now and at most ${latest.toISOString()}: 7 days after the rotation, and never past the key's own expiry.`,
      details: { field: "until" },
    });
  }
  return until;
}
