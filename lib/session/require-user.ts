import { headers } from "next/headers";
import { redirect } from "next/navigation";
import type { Actor } from "#lib/audit/actor.ts";
import type { FoundSession } from "#lib/sessions/find-session.ts";
import { currentSession } from "./current-session.ts";
import { PATH_HEADER } from "./page-headers.ts";
import { requestBrowser } from "./request-browser.ts";
import { signInPath } from "./return-to.ts";

export type SignedIn = {
  actor: Actor;
  user: FoundSession["user"];
  session: { id: string; createdAt: Date; authenticatedAt: Date; expiresAt: Date };
};

/**
 * Who is signed in; every page calls it for itself. Nobody: goes to the sign-in page, which leads back here (SIG-13), and the
 * page renders nothing.
 */
export async function requireUser(): Promise<SignedIn> {
  const signedIn = await findUser();
  if (!signedIn) redirect(signInPath((await headers()).get(PATH_HEADER)));
  return signedIn;
}

/** Who is signed in, for pages that everybody sees; undefined when nobody is. */
export async function findUser(): Promise<SignedIn | undefined> {
  const found = await currentSession();
  if (!found) return undefined;
  const { user, id, createdAt, authenticatedAt, expiresAt } = found;
  const { isAdministrator } = user;
  const actor: Actor = { kind: "user", userId: user.id, isAdministrator, sessionId: id, ...(await requestBrowser()) };
  return { actor, user, session: { id, createdAt, authenticatedAt, expiresAt } };
}
