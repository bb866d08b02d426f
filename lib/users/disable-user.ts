import type { Actor } from "#lib/audit/actor.ts";
import { recordAudit } from "#lib/audit/record-audit.ts";
import type { Tx } from "#lib/db.ts";
import { DomainError } from "#lib/errors.ts";
import { act } from "#lib/events/act.ts";
import type { Receipt } from "#lib/events/receipt.ts";
import { publish } from "#lib/events.ts";
import { endGrants } from "#lib/grants/end-grant.ts";
import { endSessions } from "#lib/sessions/end-session.ts";
import type { UserIdInput } from "./schemas.ts";

export type DisabledUser = {
  userId: string;
  email: string;
  endedSessions: number;
  endedApps: number;
  receipt: Receipt;
};

/**
 * Disables an account: its sessions end, its apps are withdrawn, every gateway refuses its keys and access tokens before this
 * answers, and nothing is deleted. One transaction: row, sessions, grants, audit rows, event `user.changed`.
 * Disabling twice changes nothing.
 * @throws DomainError 'forbidden' (actor is no administrator), 'user_not_found'
 */
export async function disableUser(actor: Actor, { userId }: UserIdInput, now = new Date()): Promise<DisabledUser> {
  const { result, receipt } = await act(async (tx) => {
    const user = await userToChange(tx, actor, userId);
    const target = { type: "user", id: user.id, name: user.email } as const;
    const { count } = await tx.user.updateMany({ where: { id: userId, disabledAt: null }, data: { disabledAt: now } });
    const endedSessions = await endSessions(tx, actor, { userId }, now);
    const endedApps = await endAllGrants(tx, actor, userId, now);
    if (count > 0) {
      await recordAudit(tx, actor, { action: "user.disabled", target }, now);
      await publish(tx, { type: "user.changed", userId, subjectId: userId });
    }
    return { userId, email: user.email, endedSessions, endedApps };
  });
  return { ...result, receipt };
}

/**
 * Lets a disabled account in again; its keys work as before, its sessions and apps stay ended. Audit row `user.enabled`, event `user.changed`.
 * @throws DomainError 'forbidden' (actor is no administrator), 'user_not_found'
 */
export async function enableUser(
  actor: Actor,
  { userId }: UserIdInput,
  now = new Date(),
): Promise<{ userId: string; email: string; receipt: Receipt }> {
  const { result, receipt } = await act(async (tx) => {
    const user = await userToChange(tx, actor, userId);
    const where = { id: userId, disabledAt: { not: null } };
    const { count } = await tx.user.updateMany({ where, data: { disabledAt: null } });
    // What a sign-in or a consent that met the disabling may have left does not come back to life.
    await tx.session.deleteMany({ where: { userId } });
    if (count > 0) {
      await endAllGrants(tx, actor, userId, now);
      const target = { type: "user", id: user.id, name: user.email } as const;
      await recordAudit(tx, actor, { action: "user.enabled", target }, now);
      await publish(tx, { type: "user.changed", userId, subjectId: userId });
    }
    return { userId, email: user.email };
  });
  return { ...result, receipt };
}

async function endAllGrants(tx: Tx, actor: Actor, userId: string, now: Date): Promise<number> {
  const alive = await tx.oAuthGrant.findMany({ where: { userId, revokedAt: null }, select: { id: true } });
  const ids = alive.map(({ id }) => id);
  return await endGrants(tx, ids, "user_disabled", actor, now);
}

async function userToChange(tx: Tx, actor: Actor, userId: string): Promise<{ id: string; email: string }> {
  if (!actor.isAdministrator) throw new DomainError("forbidden");
  const user = await tx.user.findUnique({ where: { id: userId }, select: { id: true, email: true } });
  if (!user) throw new DomainError("user_not_found");
  return user;
}
