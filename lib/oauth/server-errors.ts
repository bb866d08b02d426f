import type Provider from "oidc-provider";
import type { KoaContextWithOIDC } from "oidc-provider";
import { log } from "#lib/log.ts";
import { isOutage } from "#lib/outage.ts";

const RETRY_AFTER_SECONDS = "2";

/**
 * Makes the provider's "500 server_error" say what it is: while the database does not answer, 503 with Retry-After, since the
 * same request may succeed later; a defect stays 500. Either is logged, without anything of the request but its path. What the
 * provider has no route for is JSON too (standards ASM-15).
 */
export function answerServerErrors(provider: Provider): void {
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.respond === false || ctx.status !== 404 || (ctx.body !== undefined && ctx.body !== null)) return;
    ctx.body = { error: "not_found", error_description: "this address does not exist, or does not take that method" };
    ctx.status = 404;
  });
  provider.on("server_error", (ctx: KoaContextWithOIDC, error: Error) => {
    if (!isOutage(error)) {
      log.error("The authorization server failed", { path: ctx.path, error: String(error) });
      return;
    }
    log.warn("The authorization server cannot reach the database", { path: ctx.path, error: String(error) });
    // A page of ours has taken over the response.
    if (ctx.respond === false) return;
    ctx.status = 503;
    ctx.set("Retry-After", RETRY_AFTER_SECONDS);
    ctx.body = OUTAGE_BODY;
  });
}

/** What an endpoint says while the database does not answer. */
export const OUTAGE_BODY = {
  error: "temporarily_unavailable",
  error_description: "the database does not answer, try again in a few seconds",
} as const;
