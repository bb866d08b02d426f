import type { Actor } from "#lib/audit/actor.ts";
import { limitActs } from "#lib/audit/limit-acts.ts";
import { recordAudit } from "#lib/audit/record-audit.ts";
import { inTransaction } from "#lib/db.ts";
import { DomainError } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import { generateKey, shownPrefix } from "./key-format.ts";
import { keyHash } from "./key-hash.ts";
import { KEY_VIEW_SELECT, type KeyView, keyView } from "./key-view.ts";
import { rememberAct } from "./remember-act.ts";
import type { CreateKeyInput, Expiry } from "./schemas.ts";

export type CreatedKey = { key: KeyView /** Shown once; cannot be read again. */; plaintext: string };

/**
 * Makes an active key for the actor. One transaction: key, audit row `key.created`. No event: nobody can have cached a new key.
 * The same `idempotencyKey` makes one key, also when two requests meet.
 * @throws DomainError `invalid_input` (an expiry that is not in the future), `answer_lost` (a repeat), `rate_limited`.
 */
export async function createKey(actor: Actor, input: CreateKeyInput, now = new Date()): Promise<CreatedKey> {
  const plaintext = generateKey();
  const id = newId();
  const expiresAt = firstExpiry(input.expiry, now);
  const row = await inTransaction(async (tx) => {
    await limitActs(tx, actor, now);
    await rememberAct(tx, { userId: actor.userId, act: "key.create", key: input.idempotencyKey, resultId: id });
    const created = await tx.apiKey.create({
      data: {
        id,
        userId: actor.userId,
        name: input.name,
        hash: keyHash(plaintext),
        prefix: shownPrefix(plaintext),
        scope: input.scope,
        createdAt: now,
        expiresAt,
        lifetimeSeconds: input.expiry.kind === "lifetime" ? input.expiry.seconds : null,
      },
      select: KEY_VIEW_SELECT,
    });
    const details = { scope: input.scope, expiresAt: expiresAt?.toISOString() ?? null };
    await recordAudit(
      tx,
      actor,
      { action: "key.created", target: { type: "key", id, name: input.name }, details },
      now,
    );
    return created;
  });
  return { key: keyView(row, now), plaintext };
}

function firstExpiry(expiry: Expiry, now: Date): Date | null {
  if (expiry.kind === "never") return null;
  if (expiry.kind === "lifetime") return new Date(now.getTime() + expiry.seconds * 1000);
  if (expiry.at <= now)
    throw new DomainError("invalid_input", { message: "Choose a day after today.", details: { field: "expiry" } });
  return expiry.at;
}
