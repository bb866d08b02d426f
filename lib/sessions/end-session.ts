import type { Actor } from "#lib/audit/actor.ts";
import { recordAudit } from "#lib/audit/record-audit.ts";
import { db, inTransaction, type Tx } from "#lib/db.ts";
import { DomainError } from "#lib/errors.ts";
import { hashToken } from "#lib/one-time-tokens/random-token.ts";
import { browserName } from "./browser-name.ts";
import type { EndSessionInput } from "./schemas.ts";
import type { Browser } from "./start-session.ts";

/**
 * Ends one session of the actor's: its cookie signs nobody in from the commit on (SIG-05). Audit row `session.ended`.
 * @throws DomainError 'session_not_found' (absent, ended already, or not the actor's)
 */
export async function endSession(actor: Actor, { sessionId }: EndSessionInput, now = new Date()): Promise<void> {
  await inTransaction(async (tx) => {
    const ended = await endSessions(tx, actor, { id: sessionId, userId: actor.userId }, now);
    if (ended === 0) throw new DomainError("session_not_found");
  });
}

/** Ends all sessions of the actor except the one it acts in. Audit row for each. @returns how many ended. */
export async function endOtherSessions(actor: Actor, _input?: unknown, now = new Date()): Promise<{ ended: number }> {
  const others = actor.sessionId ? { not: actor.sessionId } : undefined;
  const where = { userId: actor.userId, ...(others ? { id: others } : {}) };
  return { ended: await inTransaction((tx) => endSessions(tx, actor, where, now)) };
}

/** Sign-out: ends the session of this cookie, if it is one. Never fails for a token that signs nobody in. */
export async function endSessionOf(token: string, browser: Browser = {}, now = new Date()): Promise<void> {
  const where = { tokenHash: hashToken(token) };
  const session = await db().session.findUnique({ where, select: { userId: true } });
  if (!session) return;
  const actor: Actor = { kind: "user", userId: session.userId, isAdministrator: false, ...browser };
  await inTransaction((tx) => endSessions(tx, actor, where, now));
}

/** Deletes the sessions that match, each with its audit row, inside the caller's act. @returns how many there were. */
export async function endSessions(tx: Tx, actor: Actor, where: SessionFilter, now: Date): Promise<number> {
  const rows = await tx.session.findMany({ where, select: { id: true, userAgent: true } });
  let ended = 0;
  for (const row of rows) {
    // Whoever deletes it writes the row: two ends at once leave one.
    const { count } = await tx.session.deleteMany({ where: { id: row.id } });
    if (count === 0) continue;
    const target = { type: "session", id: row.id, name: browserName(row.userAgent) } as const;
    await recordAudit(tx, actor, { action: "session.ended", target }, now);
    ended += 1;
  }
  return ended;
}

type SessionFilter = { id?: string | { not: string }; userId?: string; tokenHash?: Uint8Array<ArrayBuffer> };
