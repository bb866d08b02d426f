import type { Actor } from "#lib/audit/actor.ts";
import { DomainError } from "#lib/errors.ts";
import { act } from "#lib/events/act.ts";
import type { Receipt } from "#lib/events/receipt.ts";
import { endGrant } from "./end-grant.ts";

/**
 * Withdraws what the actor allowed an app. When this answers, every gateway refuses its access tokens, and its refresh tokens are
 * gone; the receipt says who proved it. One transaction: grant, artifacts, audit row, event; then waits for the gateways.
 * @throws DomainError `grant_not_found` (absent, ended already, or not the actor's).
 */
export async function withdrawGrant(
  actor: Actor,
  { grantId }: { grantId: string },
  now = new Date(),
): Promise<{ receipt: Receipt }> {
  const { receipt } = await act(async (tx) => {
    const mine = await tx.oAuthGrant.findFirst({
      where: { id: grantId, userId: actor.userId, revokedAt: null },
      select: { id: true },
    });
    if (!mine) throw new DomainError("grant_not_found");
    await endGrant(tx, grantId, actor.kind === "command_line" ? "command_line" : "user", actor, now);
  });
  return { receipt };
}
