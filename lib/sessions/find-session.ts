import { db } from "#lib/db.ts";
import { hashToken } from "#lib/one-time-tokens/random-token.ts";
import { isSessionLive, LAST_SEEN_EVERY_MS, sessionEndsAt } from "./session-state.ts";

/** A session and whose it is, as pages may know it: no hash, no token. */
export type FoundSession = {
  id: string;
  createdAt: Date;
  /** When the person last proved who they are. */
  authenticatedAt: Date;
  /** Absolute end, whatever is done until then. */
  expiresAt: Date;
  /** When it ends if it is not used again. */
  endsAt: Date;
  user: { id: string; email: string; name: string | null; isAdministrator: boolean };
};

/**
 * The live session of a cookie's token. Undefined for every token that signs nobody in: unknown, ended, idle for 7 days,
 * older than 30 days, or of a disabled user (SIG-04, SIG-05). Notes the use, at most once a minute.
 */
export async function findSession(token: string, now = new Date()): Promise<FoundSession | undefined> {
  const row = await db().session.findUnique({
    where: { tokenHash: hashToken(token) },
    select: {
      id: true,
      createdAt: true,
      authenticatedAt: true,
      lastSeenAt: true,
      expiresAt: true,
      user: { select: { id: true, email: true, name: true, isAdministrator: true, disabledAt: true } },
    },
  });
  if (!row || row.user.disabledAt || !isSessionLive(row, now)) return undefined;
  const lastSeenAt = await noteUse(row, now);
  const { disabledAt: _, ...user } = row.user;
  const { id, createdAt, authenticatedAt, expiresAt } = row;
  return { id, createdAt, authenticatedAt, expiresAt, endsAt: sessionEndsAt({ lastSeenAt, expiresAt }), user };
}

async function noteUse(session: { id: string; lastSeenAt: Date }, now: Date): Promise<Date> {
  const writtenBefore = new Date(now.getTime() - LAST_SEEN_EVERY_MS);
  if (session.lastSeenAt > writtenBefore) return session.lastSeenAt;
  // Guarded: requests that arrive together write once, and never turn the time back.
  await db().session.updateMany({
    where: { id: session.id, lastSeenAt: { lte: writtenBefore } },
    data: { lastSeenAt: now },
  });
  return now;
}
