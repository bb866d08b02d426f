import type { IncomingMessage, ServerResponse } from "node:http";
import { respondError } from "#lib/server/respond.ts";
import type { NotedError } from "../consent/error-page.ts";
import { withFreshDocumentsOnly } from "../documents/fresh-only.ts";
import { PROVIDER_SESSION } from "../no-session-cookie.ts";
import type { Endpoint } from "./endpoint.ts";
import { formFault, secondsUntilNext } from "./request-bounds.ts";
import { respondOAuth } from "./respond-oauth.ts";
import { readBody, withBody } from "./with-body.ts";

const FORM = /^application\/x-www-form-urlencoded\s*(;|$)/i;

/**
 * Before the authorization endpoint: the provider's own session is dropped, so that every authorization passes our page and the
 * dashboard's session is the only identity. The resumed request, on a path below, keeps it. A posted request is taken as the same
 * request in a query (OpenID Connect Core section 3.1.2.1): the library takes posts only with cookies that other sites may send.
 * How much one address may begin is limited, and so is what one request may say.
 */
export const authorizeEndpoint: Endpoint = async (request, response, next, _environment, showPage) => {
  const cookies = (request.headers.cookie ?? "").split(/; */);
  request.headers.cookie = cookies.filter((cookie) => !PROVIDER_SESSION.test(cookie)).join("; ");
  const isPosted = request.method === "POST";
  if (request.method !== "GET" && !isPosted) {
    return respondError(response, "method_not_allowed", { Allow: "GET, POST" });
  }
  const seconds = secondsUntilNext(request);
  if (seconds > 0) return await refuseForNow(request, response, seconds, showPage);
  const form = isPosted ? await postedForm(request, response) : queryOf(request);
  if (form === undefined) return;
  const fault = formFault(form);
  if (fault !== undefined) return await refuse(request, response, fault, showPage);
  withFreshDocumentsOnly(() => next(isPosted ? asQuery(request, form) : request));
};

type ShowPage = (error: NotedError) => Promise<void>;

/** 429, for people as a page. */
async function refuseForNow(
  request: IncomingMessage,
  response: ServerResponse,
  seconds: number,
  showPage: ShowPage,
): Promise<void> {
  const description = `too many requests from this address: try again in ${seconds} s`;
  if (!isPerson(request)) {
    const body = { error: "temporarily_unavailable", error_description: description };
    return respondOAuth(response, 429, body, { "Retry-After": String(seconds) });
  }
  response.setHeader("Retry-After", String(seconds));
  // Nothing that was sent is needed for the page but how long to wait.
  request.url = `/oauth/authorize?seconds=${seconds}`;
  await showPage({ kind: "slowed", description: undefined, uid: undefined });
}

/** 400, for people as a page. Nothing goes to the client: its redirect URI was not looked at. */
async function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  description: string,
  showPage: ShowPage,
): Promise<void> {
  if (!isPerson(request))
    return respondOAuth(response, 400, { error: "invalid_request", error_description: description });
  request.url = "/oauth/authorize";
  await showPage({ kind: "invalid", description, uid: undefined });
}

/** Browsers that open an address say so. */
function isPerson({ headers }: IncomingMessage): boolean {
  return headers.accept?.includes("text/html") === true;
}

function queryOf({ url = "" }: IncomingMessage): string {
  const at = url.indexOf("?");
  return at < 0 ? "" : url.slice(at + 1);
}

/** What is no form is an empty one; undefined when it was too large: that is answered. */
async function postedForm(request: IncomingMessage, response: ServerResponse): Promise<string | undefined> {
  const body = await readBody(request);
  if (!body) {
    const error_description = "the form is larger than 56 KiB";
    respondOAuth(response, 413, { error: "invalid_request", error_description });
    return undefined;
  }
  return FORM.test(request.headers["content-type"] ?? "") ? body.toString("utf8") : "";
}

function asQuery(request: IncomingMessage, form: string): IncomingMessage {
  const copy = withBody(request, "");
  copy.method = "GET";
  copy.url = `/oauth/authorize?${new URLSearchParams(form)}`;
  delete copy.headers["content-type"];
  return copy;
}
