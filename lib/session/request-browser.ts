import { headers } from "next/headers";
import { CLIENT_ADDRESS_HEADER } from "#lib/server/client-address.ts";
import type { Browser } from "#lib/sessions/start-session.ts";

/** Where this request comes from: the address that server.ts worked out, and what the browser calls itself. */
export async function requestBrowser(): Promise<Browser> {
  const all = await headers();
  return {
    address: all.get(CLIENT_ADDRESS_HEADER) ?? undefined,
    userAgent: all.get("user-agent") ?? undefined,
  };
}
