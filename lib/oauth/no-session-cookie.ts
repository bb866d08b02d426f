import type { KoaContextWithOIDC } from "oidc-provider";

/** The provider's cookie for sessions of its own; with its signature, and as browsers get it over https. */
export const PROVIDER_SESSION = /^(__Secure-)?pensyve-oauth(\.sig)?=/;

/**
 * Takes back the cookie of a session that is kept nowhere (see no-session-adapter.ts): browsers would send it with every request, and
 * nobody reads it. Those of a pending request stay, four of them: on the page's path and on the way back, each with its signature,
 * which is what binds the request to a browser, since everybody who sees its address knows its id.
 */
export async function dropSessionCookie(ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
  await next();
  const set = ctx.res.getHeader("Set-Cookie");
  if (!Array.isArray(set)) return;
  const kept = set.filter((cookie) => !PROVIDER_SESSION.test(cookie));
  if (kept.length === 0) ctx.remove("Set-Cookie");
  else ctx.set("Set-Cookie", kept);
}
