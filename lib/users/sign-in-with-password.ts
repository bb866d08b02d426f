import { db, inTransaction } from "#lib/db.ts";
import { DomainError } from "#lib/errors.ts";
import { log } from "#lib/log.ts";
import { type Browser, type StartedSession, startSession } from "#lib/sessions/start-session.ts";
import { normalizeEmail } from "./email.ts";
import { verifyPassword } from "./password.ts";
import type { SignInInput } from "./schemas.ts";
import { addressBucket, admitAttempt, forgiveAttempt, sweepBackoffs } from "./sign-in-backoff.ts";

/** No account has this id: an unknown e-mail causes the same queries as a known one. */
const NOBODY_ID = "00000000-0000-0000-0000-000000000000";
const KNOWN_ADDRESSES_MAX = 100;

/**
 * Signs in by e-mail and password and starts a session.
 * An unknown e-mail, an account without a password and a wrong password get the same answer after the same work: three
 * look-ups and one argon2id derivation. A delay is counted for unknown accounts too, so it tells nothing either.
 * @throws DomainError 'wrong_password'; 'sign_in_slowed' with `details.retryAfterSeconds`, before any derivation;
 *   'user_disabled', only to whoever knew the password
 */
export async function signInWithPassword(
  input: SignInInput,
  browser: Browser,
  now = new Date(),
): Promise<StartedSession> {
  const email = normalizeEmail(input.email);
  const user = await db().user.findUnique({
    where: { email: email ?? "" },
    select: { id: true, passwordHash: true, disabledAt: true },
  });
  const isKnownAddress = await hasSignedInFrom(user?.id ?? NOBODY_ID, browser.address);
  // What is no address counts as it was typed: mistyping one slows nobody else.
  const attempt = { email: email ?? input.email, address: browser.address, isKnownAddress };
  const waitMs = await admitAttempt(attempt, now);
  if (waitMs > 0) {
    log.warn("sign-in slowed", { address: browser.address, userId: user?.id, waitMs });
    throw new DomainError("sign_in_slowed", { details: { retryAfterSeconds: Math.ceil(waitMs / 1000) } });
  }
  const isRight = await verifyPassword(input.password, user?.passwordHash);
  if (!user || !isRight) {
    log.warn("sign-in failed", { address: browser.address, userId: user?.id });
    throw new DomainError("wrong_password");
  }
  return await inTransaction(async (tx) => {
    await forgiveAttempt(tx, attempt);
    await sweepBackoffs(tx, now);
    if (user.disabledAt) throw new DomainError("user_disabled");
    await tx.session.deleteMany({ where: { expiresAt: { lte: now } } });
    return await startSession(tx, user.id, browser, now);
  });
}

/** Whether the user's own audit trail has a sign-in from this address (IPv6: this /64). */
async function hasSignedInFrom(userId: string, address: string | undefined): Promise<boolean> {
  if (!address) return false;
  const rows = await db().auditEvent.findMany({
    where: { userId, action: "user.signed_in", address: { not: null } },
    select: { address: true },
    distinct: ["address"],
    orderBy: { occurredAt: "desc" },
    take: KNOWN_ADDRESSES_MAX,
  });
  const bucket = addressBucket(address);
  return rows.some((row) => addressBucket(row.address ?? undefined) === bucket);
}
