import type { ServerResponse } from "node:http";
import type { ErrorOut, KoaContextWithOIDC } from "oidc-provider";
import { singleton } from "#lib/singleton.ts";
import type { ConsentError } from "./consent-errors.ts";

/**
 * An error page that is still to be sent. `uid`: of the request that was resumed, if one was. `backTo`: where the error would have
 * gone, for the page to link to.
 */
export type NotedError = {
  kind: ConsentError;
  description: string | undefined;
  uid: string | undefined;
  backTo?: string;
};

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
  const host = documentHost(ctx.query["client_id"]);
  const kind = errorKind(out, ctx.status, host !== undefined);
  noteError(ctx.res, {
    kind,
    description: host === undefined ? out.error_description : aboutDocument(kind, out, host),
    uid,
  });
}

/** Has this page sent in place of the library's answer, which must not send one (`ctx.respond = false`). */
export function noteError(response: ServerResponse, error: NotedError): void {
  noted.set(response, error);
}

/** The error page that the library's answer to a request asked for, once. */
export function takeNotedError(response: ServerResponse): NotedError | undefined {
  const error = noted.get(response);
  noted.delete(response);
  return error;
}

/** The library's words for a client whose id is the address of a document; there are no codes for it. */
const DOCUMENT_ERRORS: Readonly<Record<string, ConsentError>> = {
  "client_id metadata document fetch failed": "document-missing",
  "client_id metadata document fetch not allowed": "document-refused",
};

function errorKind(
  { error, error_description: description = "" }: ErrorOut,
  status: number,
  isDocument: boolean,
): ConsentError {
  if (status >= 500) return "failed";
  if (status === 429) return "slowed";
  if (isDocument && error === "invalid_client") return DOCUMENT_ERRORS[description] ?? "document-refused";
  if (isDocument && error === "invalid_client_metadata") return "document-invalid";
  if (error === "invalid_client" || error === "invalid_client_metadata") return "unknown-client";
  return error === "invalid_redirect_uri" || description.includes("redirect_uri") ? "redirect" : "invalid";
}

/** Host of the document that a client id names; undefined for every other id. */
function documentHost(clientId: unknown): string | undefined {
  const isAddress = typeof clientId === "string" && clientId.startsWith("https://") && URL.canParse(clientId);
  return isAddress ? new URL(clientId).host : undefined;
}

/** Which document it is about: a person knows the app by its host, if by anything. */
function aboutDocument(kind: ConsentError, { error_description: description }: ErrorOut, host: string) {
  if (kind === "document-missing") return `The document at ${host}, which says who the app is, did not arrive`;
  if (kind === "document-refused") return `The document that says who the app is would be at ${host}`;
  return kind === "document-invalid" ? `At ${host}: ${description}` : description;
}
