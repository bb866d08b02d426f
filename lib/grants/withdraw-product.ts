import type { Actor } from "#lib/audit/actor.ts";
import { db } from "#lib/db.ts";
import { DomainError } from "#lib/errors.ts";
import { productOf } from "./product.ts";
import type { WithdrawProductInput } from "./schemas.ts";
import { type Withdrawn, withdrawAlive } from "./withdraw-alive.ts";

/**
 * Withdraws every installation of the product that `grantId` is one of, as the page groups them (see productOf): one act, one
 * receipt, an audit row for each installation.
 * @throws DomainError `grant_not_found` (absent, not the actor's, or no installation is left), `rate_limited`.
 */
export async function withdrawProduct(
  actor: Actor,
  { grantId }: WithdrawProductInput,
  now = new Date(),
): Promise<Withdrawn> {
  const one = await db().oAuthGrant.findFirst({
    where: { id: grantId, userId: actor.userId },
    select: { clientId: true, clientName: true, trust: true },
  });
  if (!one) throw new DomainError("grant_not_found");
  return await withdrawAlive(actor, productOf(one), now);
}
