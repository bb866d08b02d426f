import type { IncomingMessage, ServerResponse } from "node:http";
import type { ErrorOut, KoaContextWithOIDC } from "oidc-provider";
import { singleton } from "#lib/singleton.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
const holder = singleton<{ pages: Handler | undefined }>("oauth-error-pages", () => ({ pages: undefined }));

/** Sets what shows our pages; start-authorization-server.ts does so. */
export function setErrorPages(pages: Handler): void {
  holder.pages = pages;
}

/**
 * Shows an error that cannot be sent back to the client: our own page, which explains it by its kind, with the error's status and
 * without a redirect (RFC 6749 section 4.1.2.1). Nothing of the request is passed on but the kind. Programs get JSON.
 */
export function renderOAuthError(ctx: KoaContextWithOIDC, out: ErrorOut): void {
  const kind = errorKind(out);
  if (!holder.pages || ctx.accepts("html", "json") !== "html") {
    ctx.type = "json";
    ctx.body = out;
    return;
  }
  const { req, res } = ctx;
  ctx.respond = false;
  req.url = `/consent/error?kind=${kind}`;
  req.method = "GET";
  res.statusCode = ctx.status;
  holder.pages(req, res);
}

function errorKind({ error, error_description: description = "" }: ErrorOut): string {
  if (error === "invalid_client" || error === "invalid_client_metadata") return "unknown-client";
  return error === "invalid_redirect_uri" || description.includes("redirect_uri") ? "redirect" : "invalid";
}
