import type { NextAuthOptions } from "next-auth";
import { log } from "#lib/log.ts";
import { deriveSecret } from "#lib/secret.ts";
import { sessionCookie } from "#lib/sessions/session-cookie.ts";
import { SESSION_LIFETIME_MS } from "#lib/sessions/session-state.ts";
import { type Lookup, sessionAdapter } from "./adapter.ts";

const LIFETIME_SECONDS = SESSION_LIFETIME_MS / 1000;

/**
 * next-auth over our own sessions: database strategy, and no Credentials provider (with it, version 4 writes a JWT that no look-up finds).
 * `updateAge` equals `maxAge`, so next-auth never moves the end of a session.
 */
export function authOptions(lookup?: Lookup): NextAuthOptions {
  return {
    adapter: sessionAdapter(lookup),
    providers: [],
    secret: deriveSecret("next-auth"),
    session: { strategy: "database", maxAge: LIFETIME_SECONDS, updateAge: LIFETIME_SECONDS },
    cookies: { sessionToken: sessionCookie() },
    pages: { signIn: "/sign-in", signOut: "/settings", error: "/sign-in" },
    logger: {
      // Codes only: next-auth's metadata may quote the request.
      error: (code) => log.error("next-auth", { code }),
      warn: (code) => log.debug("next-auth", { code }),
      debug: () => undefined,
    },
  };
}
