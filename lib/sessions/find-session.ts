import { db, statement } from "#lib/db.ts";
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
  const row = await findRow(token);
  if (!row || row.disabledAt || !isSessionLive(row, now)) return undefined;
  const lastSeenAt = await noteUse(row, now);
  const { id, createdAt, authenticatedAt, expiresAt, userId, email, name, isAdministrator } = row;
  const user = { id: userId, email, name, isAdministrator };
  return { id, createdAt, authenticatedAt, expiresAt, endsAt: sessionEndsAt({ lastSeenAt, expiresAt }), user };
}

type Row = Pick<FoundSession, "id" | "createdAt" | "authenticatedAt" | "expiresAt"> &
  Omit<FoundSession["user"], "id"> & { lastSeenAt: Date; userId: string; disabledAt: Date | null };

/** Session and user in one statement, which every page pays for. */
async function findRow(token: string): Promise<Row | undefined> {
  const text = `
    SELECT sessions.id, sessions.created_at AS "createdAt", authenticated_at AS "authenticatedAt",
      last_seen_at AS "lastSeenAt", expires_at AS "expiresAt", user_id AS "userId", email, name,
      is_administrator AS "isAdministrator", disabled_at AS "disabledAt"
    FROM sessions JOIN users ON users.id = user_id WHERE token_hash = $1`;
  return (await statement<Row>(text, [hashToken(token)])).rows[0];
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
