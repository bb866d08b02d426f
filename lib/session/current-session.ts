import { getServerSession } from "next-auth/next";
import { cache } from "react";
import type { FoundSession } from "#lib/sessions/find-session.ts";
import type { Lookup } from "./adapter.ts";
import { authOptions } from "./auth-options.ts";

/**
 * The live session of this request's cookie, looked up once per request; undefined when nobody is signed in.
 * @throws what the database throws: an outage is not the same as being signed out.
 */
export const currentSession = cache(async (): Promise<FoundSession | undefined> => {
  const lookup: Lookup = {};
  const session = await getServerSession(authOptions(lookup));
  if (lookup.failure) throw lookup.failure.error;
  return session ? lookup.found : undefined;
});
