import { recordAudit } from "#lib/audit/record-audit.ts";
import type { Tx } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { hashToken, newToken } from "#lib/one-time-tokens/random-token.ts";
import { browserName } from "./browser-name.ts";
import { SESSION_LIFETIME_MS } from "./session-state.ts";

/** Where a request comes from, as an audit row and the list of sessions name it. */
export type Browser = { address?: string | undefined; userAgent?: string | undefined };

export type StartedSession = {
  id: string;
  userId: string;
  /** The cookie's value, which cannot be read again. */
  token: string;
  /** Absolute end. */
  expiresAt: Date;
};

/**
 * Starts a session for a user who has just proved who they are, in the caller's transaction; the one way for every kind of
 * sign-in. The token is always new, whatever cookie the browser came with (session fixation, SIG-03); its SHA-256 is stored.
 * Leaves an audit row `user.signed_in`.
 */
export async function startSession(tx: Tx, userId: string, browser: Browser, now: Date): Promise<StartedSession> {
  const session = { id: newId(), userId, token: newToken(), expiresAt: new Date(now.getTime() + SESSION_LIFETIME_MS) };
  await tx.session.create({
    data: {
      id: session.id,
      tokenHash: hashToken(session.token),
      userId,
      createdAt: now,
      authenticatedAt: now,
      lastSeenAt: now,
      expiresAt: session.expiresAt,
      address: browser.address?.slice(0, 64) ?? null,
      userAgent: browser.userAgent?.slice(0, 400) ?? null,
    },
  });
  const actor = { kind: "user", userId, isAdministrator: false, ...browser } as const;
  const target = { type: "session", id: session.id, name: browserName(browser.userAgent) } as const;
  await recordAudit(tx, actor, { action: "user.signed_in", target }, now);
  return session;
}
