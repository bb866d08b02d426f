import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { cookies } from "next/headers";
import { getServerSession } from "next-auth/next";
import { cache } from "react";
import type { FoundSession } from "#lib/sessions/find-session.ts";
import { sessionCookie } from "#lib/sessions/session-cookie.ts";
import type { Lookup } from "./adapter.ts";
import { authOptions } from "./auth-options.ts";

/**
 * The live session of this request's cookie, looked up once per request; undefined when nobody is signed in.
 * next-auth is given that one cookie instead of the request: it throws on others that anybody can plant, such as a
 * `next-auth.callback-url` of `javascript:`.
 * @throws what the database throws: an outage is not the same as being signed out.
 */
export const currentSession = cache(async (): Promise<FoundSession | undefined> => {
  const { name } = sessionCookie();
  const token = (await cookies()).get(name)?.value;
  if (!token) return undefined;
  const request = Object.assign(new IncomingMessage(new Socket()), { cookies: { [name]: token } });
  const lookup: Lookup = {};
  const session = await getServerSession(request, new ServerResponse(request), authOptions(lookup));
  if (lookup.failure) throw lookup.failure.error;
  return session ? lookup.found : undefined;
});
