const DAY_MS = 24 * 60 * 60 * 1000;

/** A session ends after a week without use, and in any case 30 days after the sign-in (SIG-04). */
export const SESSION_IDLE_MS = 7 * DAY_MS;
export const SESSION_LIFETIME_MS = 30 * DAY_MS;
/** "Last seen" is written at most this often. */
export const LAST_SEEN_EVERY_MS = 60_000;

/** When a session ends if it is not used again. */
export function sessionEndsAt(session: { lastSeenAt: Date; expiresAt: Date }): Date {
  return new Date(Math.min(session.lastSeenAt.getTime() + SESSION_IDLE_MS, session.expiresAt.getTime()));
}

/** Whether a session still counts at `now`. Its end is exclusive. */
export function isSessionLive(session: { lastSeenAt: Date; expiresAt: Date }, now: Date): boolean {
  return now < sessionEndsAt(session);
}
