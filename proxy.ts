import { type NextRequest, NextResponse } from "next/server";
import { env } from "#lib/env.ts";
import { type ErrorCode, errorAnswer } from "#lib/errors.ts";
import { readsOnlyJson } from "#lib/server/reads-only-json.ts";
import { errorBody } from "#lib/server/respond.ts";
import { isOwnOrigin } from "#lib/session/own-origin.ts";
import { NONCE_HEADER, newNonce, PATH_HEADER, pageHeaders } from "#lib/session/page-headers.ts";

/** What Next accepts for an action by default. */
const FORM_BYTES_MAX = 1024 * 1024;

/**
 * Puts the security headers on everything that Next answers, and refuses writes of foreign pages and unreadable forms before
 * Next sees them (it answers 500 to `Origin: null`). Nothing is authorized here: every page and action does that for itself (CVE-2025-29927).
 */
export default async function proxy(request: NextRequest): Promise<NextResponse> {
  const nonce = newNonce();
  const isHttps = env().publicUrl.startsWith("https:");
  const isDevelopment = process.env.NODE_ENV === "development";
  const headers = pageHeaders(nonce, { isHttps, isDevelopment, path: request.nextUrl.pathname });
  const isWrite = request.method !== "GET" && request.method !== "HEAD";
  const refusal = isWrite ? await refusalOf(request) : undefined;
  if (refusal) {
    const { status, message } = errorAnswer(refusal);
    return readsOnlyJson(request.headers.get("accept"))
      ? new NextResponse(errorBody(refusal, message), {
          status,
          headers: { ...headers, "Content-Type": "application/json" },
        })
      : new NextResponse(`${message}\n`, { status, headers: { ...headers, "Content-Type": "text/plain" } });
  }
  const forwarded = new Headers(request.headers);
  forwarded.set(NONCE_HEADER, nonce);
  forwarded.set(PATH_HEADER, pathOf(request.nextUrl));
  forwarded.set("Content-Security-Policy", headers["Content-Security-Policy"] ?? "");
  const response = NextResponse.next({ request: { headers: forwarded } });
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
}

/** Everything but files whose names change with their content, and the icon. */
export const config = { matcher: ["/((?!_next/static/|favicon\\.svg$).*)"] };

/** Why a write goes no further: it comes from elsewhere, or is a form that Next would fail to read and answer with 500. */
async function refusalOf(request: NextRequest): Promise<ErrorCode | undefined> {
  if (!isOwnOrigin(request.headers)) return "foreign_form";
  if (!/^\s*multipart\//i.test(request.headers.get("content-type") ?? "")) return undefined;
  if (Number(request.headers.get("content-length") ?? Number.POSITIVE_INFINITY) > FORM_BYTES_MAX)
    return "body_too_large";
  const isReadable = await request
    .clone()
    .formData()
    .then(
      () => true,
      () => false,
    );
  return isReadable ? undefined : "invalid_form";
}

function pathOf(url: { pathname: string; searchParams: URLSearchParams }): string {
  const query = new URLSearchParams(url.searchParams);
  // What Next's own navigation adds.
  query.delete("_rsc");
  return query.size > 0 ? `${url.pathname}?${query}` : url.pathname;
}
