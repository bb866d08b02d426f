import type { Actor } from "#lib/audit/actor.ts";
import { recordAudit } from "#lib/audit/record-audit.ts";
import { db, inTransaction } from "#lib/db.ts";
import { DomainError } from "#lib/errors.ts";
import { endSessions } from "#lib/sessions/end-session.ts";
import { type StartedSession, startSession } from "#lib/sessions/start-session.ts";
import { checkNewPassword, hashPassword, verifyPassword } from "./password.ts";
import type { ChangePasswordInput } from "./schemas.ts";
import { admitAttempt, forgiveAttempt } from "./sign-in-backoff.ts";

/**
 * Replaces the actor's password after asking for the current one. Every session ends, and the browser that asked gets a new one
 * (SIG-03, SIG-05): a stolen cookie does not outlive the change. One transaction, audit row `password.changed`.
 * Wrong current passwords are slowed like failed sign-ins: a borrowed browser is no way to guess.
 * @returns the new session, whose token the caller sets as cookie.
 * @throws DomainError 'wrong_current_password', 'sign_in_slowed', 'password_too_short', 'password_too_long',
 *   'password_too_common', 'conflict' (changed elsewhere meanwhile), 'user_not_found'
 */
export async function changePassword(
  actor: Actor,
  input: ChangePasswordInput,
  now = new Date(),
): Promise<StartedSession> {
  const user = await db().user.findUnique({
    where: { id: actor.userId },
    select: { email: true, name: true, passwordHash: true },
  });
  if (!user) throw new DomainError("user_not_found");
  checkNewPassword(input.newPassword, user.name ? [user.email, user.name] : [user.email]);
  const attempt = { email: user.email, address: actor.address, isKnownAddress: true };
  const waitMs = await admitAttempt(attempt, now);
  if (waitMs > 0) {
    throw new DomainError("sign_in_slowed", { details: { retryAfterSeconds: Math.ceil(waitMs / 1000) } });
  }
  const isRight = await verifyPassword(input.currentPassword, user.passwordHash);
  if (!isRight) throw new DomainError("wrong_current_password", { details: { field: "currentPassword" } });
  const passwordHash = await hashPassword(input.newPassword);
  return await inTransaction(async (tx) => {
    // The hash that was verified must still be the one: of two changes at once, one wins.
    const where = { id: actor.userId, passwordHash: user.passwordHash, disabledAt: null };
    const { count } = await tx.user.updateMany({ where, data: { passwordHash } });
    if (count === 0) throw new DomainError("conflict");
    await forgiveAttempt(tx, attempt);
    const target = { type: "user", id: actor.userId, name: user.email } as const;
    await recordAudit(tx, actor, { action: "password.changed", target }, now);
    await endSessions(tx, actor, { userId: actor.userId }, now);
    return await startSession(tx, actor.userId, { address: actor.address, userAgent: actor.userAgent }, now);
  });
}
