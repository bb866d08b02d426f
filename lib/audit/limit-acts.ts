import type { Tx } from "#lib/db.ts";
import { DomainError } from "#lib/errors.ts";
import type { Actor } from "./actor.ts";

const ACTS_PER_MINUTE = 60;
const MINUTE_MS = 60_000;

/**
 * Bounds what one user can change in a minute, over all processes, since each act makes every gateway work.
 * Counts the audit rows of that user; the operator is not bound.
 * @throws DomainError `rate_limited` with `retryAfterSeconds`.
 */
export async function limitActs(tx: Tx, actor: Actor, now: Date): Promise<void> {
  if (actor.kind !== "user") return;
  const recent = await tx.auditEvent.findMany({
    where: { userId: actor.userId, actorKind: "user", occurredAt: { gt: new Date(now.getTime() - MINUTE_MS) } },
    orderBy: { occurredAt: "desc" },
    take: ACTS_PER_MINUTE,
    select: { occurredAt: true },
  });
  const oldest = recent.at(-1);
  if (recent.length < ACTS_PER_MINUTE || !oldest) return;
  const retryAfterSeconds = Math.max(1, Math.ceil((oldest.occurredAt.getTime() + MINUTE_MS - now.getTime()) / 1000));
  throw new DomainError("rate_limited", {
    message: `Too many changes at once. Try again in ${retryAfterSeconds} s.`,
    details: { retryAfterSeconds },
  });
}
