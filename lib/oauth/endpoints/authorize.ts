import type { IncomingMessage } from "node:http";
import { respondError } from "#lib/server/respond.ts";
import { withFreshDocumentsOnly } from "../documents/fresh-only.ts";
import type { Endpoint } from "./endpoint.ts";
import { respondOAuth } from "./respond-oauth.ts";
import { readBody, withBody } from "./with-body.ts";

const PROVIDER_SESSION = /^(__Secure-)?pensyve-oauth(\.sig)?=/;
const FORM = /^application\/x-www-form-urlencoded\s*(;|$)/i;

/**
 * Before the authorization endpoint: the provider's own session is dropped, so that every authorization passes our page and the
 * dashboard's session is the only identity. The resumed request, on a path below, keeps it. A posted request is taken as the same
 * request in a query (OpenID Connect Core section 3.1.2.1): the library takes posts only with cookies that other sites may send.
 */
export const authorizeEndpoint: Endpoint = async (request, response, next) => {
  const cookies = (request.headers.cookie ?? "").split(/; */);
  request.headers.cookie = cookies.filter((cookie) => !PROVIDER_SESSION.test(cookie)).join("; ");
  if (request.method === "GET") return withFreshDocumentsOnly(next);
  if (request.method !== "POST") return respondError(response, "method_not_allowed", { Allow: "GET, POST" });
  const body = await readBody(request);
  if (!body) {
    const error_description = "the form is larger than 56 KiB";
    return respondOAuth(response, 413, { error: "invalid_request", error_description });
  }
  const query = asQuery(request, FORM.test(request.headers["content-type"] ?? "") ? body : Buffer.alloc(0));
  withFreshDocumentsOnly(() => next(query));
};

function asQuery(request: IncomingMessage, form: Buffer): IncomingMessage {
  const copy = withBody(request, "");
  copy.method = "GET";
  copy.url = `/oauth/authorize?${new URLSearchParams(form.toString("utf8"))}`;
  delete copy.headers["content-type"];
  return copy;
}
