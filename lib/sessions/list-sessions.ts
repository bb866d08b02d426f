import type { Actor } from "#lib/audit/actor.ts";
import { db } from "#lib/db.ts";
import { browserName } from "./browser-name.ts";
import { isSessionLive } from "./session-state.ts";

/** One line of the list in settings. */
export type ListedSession = {
  id: string;
  /** "Firefox on Linux". */
  browser: string;
  address: string | null;
  createdAt: Date;
  lastSeenAt: Date;
  /** Whether it is the one that asks. */
  isCurrent: boolean;
};

/** The actor's live sessions, the asking one first, then the latest seen (SIG-11). */
export async function listSessions(actor: Actor, now = new Date()): Promise<ListedSession[]> {
  const rows = await db().session.findMany({
    where: { userId: actor.userId, expiresAt: { gt: now } },
    select: { id: true, userAgent: true, address: true, createdAt: true, lastSeenAt: true, expiresAt: true },
    orderBy: { lastSeenAt: "desc" },
  });
  return rows
    .filter((row) => isSessionLive(row, now))
    .map(({ id, userAgent, address, createdAt, lastSeenAt }) => {
      const isCurrent = id === actor.sessionId;
      return { id, browser: browserName(userAgent), address, createdAt, lastSeenAt, isCurrent };
    })
    .sort((a, b) => Number(b.isCurrent) - Number(a.isCurrent));
}
