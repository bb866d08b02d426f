import { env } from "#lib/env.ts";

/** The cookie that binds a request to the browser that began it; its path is that of the request's consent page. */
export function requestCookie(publicUrl = env().publicUrl): { name: string; isSecure: boolean } {
  const isSecure = publicUrl.startsWith("https:");
  return { name: `${isSecure ? "__Secure-" : ""}pensyve-interaction`, isSecure };
}
