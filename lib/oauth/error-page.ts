import type { ServerResponse } from "node:http";
import type { ErrorOut, KoaContextWithOIDC } from "oidc-provider";
import { singleton } from "#lib/singleton.ts";
import type { ConsentError } from "./consent-errors.ts";

/** An error page that is still to be sent. `uid`: of the request that was resumed, if one was. */
export type NotedError = { kind: ConsentError; description: string | undefined; uid: string | undefined };

const noted = singleton("oauth-noted-errors", () => new WeakMap<ServerResponse, NotedError>());

/**
 * oidc-provider's hook for an error that cannot be sent back to the client. People get our own page with the error's status and
 * without a redirect (RFC 6749 section 4.1.2.1), programs get JSON. The page is only noted here; show-error-page.ts sends it when
 * the library has set its last header.
 */
export function renderOAuthError(ctx: KoaContextWithOIDC, out: ErrorOut): void {
  if (ctx.accepts("html", "json") !== "html") {
    ctx.type = "json";
    ctx.body = out;
    return;
  }
  ctx.respond = false;
  const uid = /^\/oauth\/authorize\/([\w-]{1,64})$/.exec(ctx.path)?.[1];
  noted.set(ctx.res, { kind: errorKind(out, ctx.status), description: out.error_description, uid });
}

/** The error page that the library's answer to a request asked for, once. */
export function takeNotedError(response: ServerResponse): NotedError | undefined {
  const error = noted.get(response);
  noted.delete(response);
  return error;
}

function errorKind({ error, error_description: description = "" }: ErrorOut, status: number): ConsentError {
  if (status >= 500) return "failed";
  if (error === "invalid_client" || error === "invalid_client_metadata") return "unknown-client";
  return error === "invalid_redirect_uri" || description.includes("redirect_uri") ? "redirect" : "invalid";
}
