import type { Actor } from "#lib/audit/actor.ts";
import { recordAudit } from "#lib/audit/record-audit.ts";
import type { Tx } from "#lib/db.ts";
import { publish } from "#lib/events.ts";

/** Why a grant ended. `reuse`: a code or refresh token was used twice, so somebody else may hold it. */
export type GrantEnd = "user" | "command_line" | "client" | "reuse" | "user_disabled";

/**
 * Ends a grant in the caller's transaction: its refresh tokens and codes are gone, its access tokens are refused by every gateway
 * that has heard the event `grant.revoked`. Ending it again changes nothing. Audit row `app.withdrawn`, or `refresh_token.reused`.
 * @returns whether it was alive.
 */
export async function endGrant(
  tx: Tx,
  grantId: string,
  end: GrantEnd,
  actor: Actor | undefined,
  now: Date,
): Promise<boolean> {
  await tx.oAuthArtifact.deleteMany({ where: { grantId } });
  const { count } = await tx.oAuthGrant.updateMany({
    where: { id: grantId, revokedAt: null },
    data: { revokedAt: now, revokedBy: end },
  });
  if (count === 0) return false;
  const grant = await tx.oAuthGrant.findUniqueOrThrow({
    where: { id: grantId },
    select: { userId: true, clientName: true },
  });
  const action = end === "reuse" ? "refresh_token.reused" : "app.withdrawn";
  const by: Actor = actor ?? { kind: "system", userId: grant.userId, isAdministrator: false };
  await recordAudit(
    tx,
    by,
    { action, target: { type: "grant", id: grantId, name: grant.clientName }, details: { end } },
    now,
  );
  await publish(tx, { type: "grant.revoked", userId: grant.userId, subjectId: grantId });
  return true;
}
