import type { Adapter } from "next-auth/adapters";
import { endSessionOf } from "#lib/sessions/end-session.ts";
import { type FoundSession, findSession } from "#lib/sessions/find-session.ts";

/** What one look-up found, for the caller behind next-auth: its own answer drops ids and turns a failure into "signed out". */
export type Lookup = { found?: FoundSession; failure?: { error: unknown } };

/**
 * next-auth's view of our sessions: it may look one up and end it. The rules stay in lib/sessions; sessions are started by
 * `startSession()` alone, and their end does not move (SIG-04). Methods for accounts of providers are absent, so nothing that
 * next-auth could be talked into makes an account.
 * @param lookup is filled by `getSessionAndUser`.
 */
export function sessionAdapter(lookup: Lookup = {}): Adapter {
  return {
    async getSessionAndUser(sessionToken) {
      try {
        const found = await findSession(sessionToken);
        if (!found) return null;
        lookup.found = found;
        const { id, email, name } = found.user;
        return {
          session: { sessionToken, userId: id, expires: found.endsAt },
          user: { id, email, name, emailVerified: null },
        };
      } catch (error) {
        lookup.failure = { error };
        return null;
      }
    },
    async deleteSession(sessionToken) {
      await endSessionOf(sessionToken);
    },
    async updateSession() {
      return null;
    },
  };
}
