import { cookies, headers } from "next/headers";
import { DomainError } from "#lib/errors.ts";
import { endSessionOf } from "#lib/sessions/end-session.ts";
import { sessionCookie } from "#lib/sessions/session-cookie.ts";
import type { StartedSession } from "#lib/sessions/start-session.ts";
import { isOwnOrigin } from "./own-origin.ts";
import { requestBrowser } from "./request-browser.ts";

/**
 * Signs this browser in: sets the cookie to the new session's token. A session that the browser had before ends, so that a
 * planted or left-over cookie leads nowhere (session fixation).
 */
export async function signInBrowser(session: Pick<StartedSession, "token" | "expiresAt">): Promise<void> {
  const { name, options } = sessionCookie();
  const jar = await cookies();
  const before = jar.get(name)?.value;
  if (before) await endSessionOf(before, await requestBrowser());
  jar.set({ name, value: session.token, expires: session.expiresAt, ...options });
}

/**
 * Signs this browser out: the session is dead on the server first, then the cookie goes (SIG-05).
 * @throws DomainError 'foreign_form' when the request is not from a page of ours (SIG-07)
 */
export async function signOutBrowser(): Promise<void> {
  if (!isOwnOrigin(await headers())) throw new DomainError("foreign_form");
  const { name, options } = sessionCookie();
  const jar = await cookies();
  const token = jar.get(name)?.value;
  if (token) await endSessionOf(token, await requestBrowser());
  jar.set({ name, value: "", maxAge: 0, ...options });
}
