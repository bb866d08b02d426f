import type { Actor } from "#lib/audit/actor.ts";
import { limitActs } from "#lib/audit/limit-acts.ts";
import { db } from "#lib/db.ts";
import { DomainError } from "#lib/errors.ts";
import { act } from "#lib/events/act.ts";
import { keepReceipt } from "#lib/events/kept-receipt.ts";
import type { Receipt } from "#lib/events/receipt.ts";
import type { Prisma } from "#lib/generated/prisma/client.ts";
import { endGrants } from "./end-grant.ts";

export type Withdrawn = { withdrawn: number; receipt: Receipt };

/**
 * Withdraws the actor's live grants that match, as one act with one receipt, which stays with them.
 * @throws DomainError `grant_not_found` when none matches, `rate_limited`.
 */
export async function withdrawAlive(
  actor: Actor,
  which: Pick<Prisma.OAuthGrantWhereInput, "id" | "clientId" | "clientName" | "trust">,
  now: Date,
): Promise<Withdrawn> {
  const { result, receipt } = await act(async (tx) => {
    await limitActs(tx, actor, now);
    const mine = await tx.oAuthGrant.findMany({
      where: { ...which, userId: actor.userId, revokedAt: null },
      select: { id: true },
    });
    const end = actor.kind === "command_line" ? "command_line" : "user";
    const ids = mine.map(({ id }) => id);
    const count = await endGrants(tx, ids, end, actor, now);
    if (count === 0) throw new DomainError("grant_not_found");
    return { ids, count };
  });
  const where = { id: { in: result.ids }, userId: actor.userId };
  await keepReceipt(receipt, (endReceipt) => db().oAuthGrant.updateMany({ where, data: { endReceipt } }));
  return { withdrawn: result.count, receipt };
}
