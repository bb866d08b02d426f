import type { KoaContextWithOIDC } from "oidc-provider";

/** The library adds the hash of its script. No `form-action`: the form goes to the client. */
const POLICY = "default-src 'none'; script-src; base-uri 'none'; frame-ancestors 'none'";

/**
 * Gives the one page that the library sends itself, the form that posts an answer to the client, the headers of a page: it has a code
 * in it, so that it may neither be framed nor named to others (standards AUT-23).
 */
export async function secureFormPost(ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
  ctx.set("Content-Security-Policy", POLICY);
  await next();
  // A redirect has a body of that type too.
  const isPage = ctx.respond !== false && ctx.type === "text/html" && !ctx.response.get("Location");
  if (!isPage) {
    ctx.remove("Content-Security-Policy");
    return;
  }
  ctx.set("X-Content-Type-Options", "nosniff");
  ctx.set("Referrer-Policy", "no-referrer");
}
