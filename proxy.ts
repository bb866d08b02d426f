import { type NextRequest, NextResponse } from "next/server";
import { env } from "#lib/env.ts";
import { errorAnswer } from "#lib/errors.ts";
import { isOwnOrigin } from "#lib/session/own-origin.ts";
import { NONCE_HEADER, newNonce, PATH_HEADER, pageHeaders } from "#lib/session/page-headers.ts";

/**
 * Puts the security headers on everything that Next answers, and refuses writes of foreign pages before Next sees them
 * (it answers 500 to `Origin: null`). Nothing is authorized here: every page and action does that for itself (CVE-2025-29927).
 */
export default function proxy(request: NextRequest): NextResponse {
  const nonce = newNonce();
  const isHttps = env().publicUrl.startsWith("https:");
  const headers = pageHeaders(nonce, { isHttps, isDevelopment: process.env.NODE_ENV === "development" });
  const isWrite = request.method !== "GET" && request.method !== "HEAD";
  if (isWrite && !isOwnOrigin(request.headers)) {
    const { status, message } = errorAnswer("foreign_form");
    return new NextResponse(`${message}\n`, { status, headers: { ...headers, "Content-Type": "text/plain" } });
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

function pathOf(url: { pathname: string; searchParams: URLSearchParams }): string {
  const query = new URLSearchParams(url.searchParams);
  // What Next's own navigation adds.
  query.delete("_rsc");
  return query.size > 0 ? `${url.pathname}?${query}` : url.pathname;
}
