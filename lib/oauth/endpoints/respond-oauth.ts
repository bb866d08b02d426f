import type { ServerResponse } from "node:http";
import { countResponse } from "#lib/server/count-response.ts";
import { ANY_ORIGIN } from "#lib/server/protected-resource.ts";
import { OUTAGE_BODY } from "../server-errors.ts";

/** Answers as the provider would: JSON of RFC 6749 section 5.2, not to be stored, readable by any page. */
export function respondOAuth(
  response: ServerResponse,
  status: number,
  body: Readonly<Record<string, unknown>> | undefined,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = body === undefined ? "" : JSON.stringify(body);
  countResponse(status);
  response.writeHead(status, {
    ...ANY_ORIGIN,
    ...(body === undefined ? {} : { "Content-Type": "application/json; charset=utf-8" }),
    "Cache-Control": "no-store",
    "Content-Length": Buffer.byteLength(text),
    "X-Content-Type-Options": "nosniff",
    ...headers,
  });
  response.end(text);
}

/** 503: the database does not answer. */
export function respondOutage(response: ServerResponse): void {
  respondOAuth(response, 503, OUTAGE_BODY, { "Retry-After": "2" });
}
