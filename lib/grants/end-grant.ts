import type { Actor, Operator } from "#lib/audit/actor.ts";
import { recordAudit } from "#lib/audit/record-audit.ts";
import type { Tx } from "#lib/db.ts";
import { publish } from "#lib/events.ts";

/**
 * Why a grant ended. `client`: the app itself revoked it. `reuse`: a code or refresh token was used twice, so somebody else may hold
 * it. `client_removed`: the operator removed the client. The others say who did it, or whose account was disabled.
 */
export type GrantEnd = "user" | "command_line" | "client" | "client_removed" | "reuse" | "user_disabled";

/**
 * Ends a grant in the caller's transaction: its refresh tokens and codes are gone, its access tokens are refused by every gateway
 * that has heard the event `grant.revoked`. Ending it again changes nothing. Audit row `app.withdrawn`, or `refresh_token.reused`.
 * Whose grant it is, the caller has checked.
 * @returns whether it was alive.
 */
export async function endGrant(
  tx: Tx,
  grantId: string,
  end: GrantEnd,
  actor: Actor | Operator | undefined,
  now: Date,
): Promise<boolean> {
  return (await endGrants(tx, [grantId], end, actor, now)) > 0;
}

/** {@link endGrant} for several: one audit row and one event each. @returns how many were alive. */
export async function endGrants(
  tx: Tx,
  grantIds: readonly string[],
  end: GrantEnd,
  actor: Actor | Operator | undefined,
  now: Date,
): Promise<number> {
  if (grantIds.length === 0) return 0;
  const ids = [...grantIds];
  await tx.oAuthArtifact.deleteMany({ where: { grantId: { in: ids } } });
  const ended = await tx.oAuthGrant.updateManyAndReturn({
    where: { id: { in: ids }, revokedAt: null },
    data: { revokedAt: now, revokedBy: end },
    select: { id: true, userId: true, clientName: true },
  });
  const action = end === "reuse" ? "refresh_token.reused" : "app.withdrawn";
  for (const { id, userId, clientName } of ended) {
    const by = onPageOf(userId, actor);
    const target = { type: "grant", id, name: clientName } as const;
    await recordAudit(tx, by, { action, target, details: { end } }, now);
    await publish(tx, { type: "grant.revoked", userId, subjectId: id });
  }
  return ended.length;
}

/** The row belongs to the page of the person whose app it was. There another person, who disabled the account, is this server. */
function onPageOf(userId: string, actor: Actor | Operator | undefined): Actor {
  const isOther = !actor || (actor.kind === "user" && actor.userId !== userId);
  return isOther ? { kind: "system", userId, isAdministrator: false } : { ...actor, userId };
}
