import type { Actor } from "#lib/audit/actor.ts";
import { DomainError } from "#lib/errors.ts";
import type { Receipt } from "#lib/events/receipt.ts";
import { isId } from "#lib/ids.ts";
import type { WithdrawGrantInput } from "./schemas.ts";
import { withdrawAlive } from "./withdraw-alive.ts";

/**
 * Withdraws what the actor allowed one installation of an app. When this answers, every gateway refuses its access tokens, and its
 * refresh tokens are gone; the receipt says who proved it.
 * One transaction: grant, artifacts, audit row `app.withdrawn`, event `grant.revoked`; then waits for the gateways.
 * @throws DomainError `grant_not_found` (absent, ended already, or not the actor's), `rate_limited`.
 */
export async function withdrawGrant(
  actor: Actor,
  { grantId }: WithdrawGrantInput,
  now = new Date(),
): Promise<{ receipt: Receipt }> {
  if (!isId(grantId)) throw new DomainError("grant_not_found");
  const { receipt } = await withdrawAlive(actor, { id: grantId }, now);
  return { receipt };
}
