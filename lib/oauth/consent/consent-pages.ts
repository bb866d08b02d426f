import type { IncomingMessage, ServerResponse } from "node:http";
import { BACK_HEADER, CONSENT_ERRORS, type ConsentError, consentError, ERROR_HEADER } from "./consent-errors.ts";
import { consentState } from "./interaction-of.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const ERROR_PATH = "/consent/error";
const UID = /^[A-Za-z0-9_-]{1,64}$/;
const PAGE = /^\/consent\/([A-Za-z0-9_-]{1,64})$/;

/**
 * Stands before the pages and knows the ones under `/consent`. A request that ended or was answered gets its error page with its
 * status, which a page of Next cannot set. What is open is always sent as a whole document: the policy of the page that the reader
 * came from, which a soft navigation would keep, forbids forms that lead to other origins (standards AUT-17).
 */
export function consentPages(pages: Handler): Handler {
  return (request, response) => {
    delete request.headers[ERROR_HEADER];
    delete request.headers[BACK_HEADER];
    const target = request.url ?? "/";
    if (!target.startsWith("/consent/")) return pages(request, response);
    const { pathname, searchParams } = new URL(target, "http://here.invalid");
    for (const name of Object.keys(request.headers)) {
      if (name === "rsc" || name.startsWith("next-router-")) delete request.headers[name];
    }
    if (pathname === ERROR_PATH)
      return showConsentError(pages, request, response, consentError(searchParams.get("kind")));
    const uid = PAGE.exec(pathname)?.[1];
    if (uid === undefined || !isReading(request)) return pages(request, response);
    consentState(uid, request.headers.cookie ?? "").then(
      (state) => (state === "open" ? pages(request, response) : showConsentError(pages, request, response, state)),
      // The page fails in the same way, and says so as all pages do.
      () => pages(request, response),
    );
  };
}

/**
 * Answers with the page of one error, in place of what was asked for, with its status. `description`: in the error's own words.
 * `backTo`: what the page links to.
 */
export function showConsentError(
  pages: Handler,
  request: IncomingMessage,
  response: ServerResponse,
  kind: ConsentError,
  { description, backTo }: { description?: string | undefined; backTo?: string | undefined } = {},
): void {
  request.url = `${ERROR_PATH}?${whatIsKept(request.url ?? "/", kind)}`;
  request.method = "GET";
  delete request.headers[ERROR_HEADER];
  delete request.headers[BACK_HEADER];
  if (backTo !== undefined) request.headers[BACK_HEADER] = encodeURIComponent(backTo);
  if (description !== undefined) request.headers[ERROR_HEADER] = encodeURIComponent(description.slice(0, 300));
  keepStatus(response, CONSENT_ERRORS[kind].status);
  pages(request, response);
}

/** Of the address that was asked for: the request to go on with, and how long to wait. */
function whatIsKept(target: string, kind: ConsentError): URLSearchParams {
  const given = new URL(target, "http://here.invalid").searchParams;
  const kept = new URLSearchParams({ kind });
  for (const [name, form] of [
    ["uid", UID],
    ["seconds", /^\d{1,4}$/],
  ] as const) {
    const value = given.get(name);
    if (value !== null && form.test(value)) kept.set(name, value);
  }
  return kept;
}

/** Next answers 200 to every page that it can draw; from here on that 200 is `status`. */
function keepStatus(response: ServerResponse, status: number): void {
  const write = response.writeHead.bind(response) as (status: number, ...rest: unknown[]) => ServerResponse;
  response.writeHead = (given: number, ...rest: unknown[]) => write(given === 200 ? status : given, ...rest);
}

function isReading({ method }: IncomingMessage): boolean {
  return method === "GET" || method === "HEAD";
}
