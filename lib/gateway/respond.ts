import { credentialId } from "#lib/auth/principal.ts";
import { type ErrorCode, errorAnswer } from "#lib/errors.ts";
import { logRequest } from "#lib/log.ts";
import { requestAddress } from "#lib/server/client-address.ts";
import { countResponse } from "#lib/server/count-response.ts";
import type { Exchange } from "./exchange.ts";
import { corsHeaders } from "./origins.ts";
import { rateLimitHeader } from "./rate-limit.ts";

/** Everything an error answer may say beside its code. */
export type ErrorOptions = {
  /** Instead of the code's own text. Says what to do next. */
  message?: string | undefined;
  /** Instead of the code's own status. */
  status?: number;
  headers?: readonly string[];
  retryAfterSeconds?: number;
};

/**
 * Writes an answer, once, with its length; then counts and logs the request. `more` is a flat list of header names and values.
 * Answers depend on the credential, so none may be stored (RFC 6750 section 5.3).
 */
export function answerText(
  exchange: Exchange,
  status: number,
  body: string,
  contentType: string | undefined,
  more?: readonly string[],
): void {
  const { response, gateway, budgets, origin } = exchange;
  const length = Buffer.byteLength(body);
  const headers = [
    "Content-Length",
    String(length),
    "Cache-Control",
    "no-store",
    "X-Content-Type-Options",
    "nosniff",
    "X-Request-Id",
    exchange.requestId,
    "RateLimit-Policy",
    gateway.limiter.policy,
    "RateLimit",
    budgets === undefined ? "" : rateLimitHeader(budgets, exchange.nowMs),
    "Content-Type",
    contentType ?? "",
  ];
  // Cutting is cheaper than growing: most answers have all of them.
  if (contentType === undefined) headers.length -= 2;
  if (budgets === undefined) headers.splice(8, 4);
  if (origin !== undefined) headers.push(...corsHeaders(origin));
  if (more !== undefined) headers.push(...more);
  if (!response.headersSent && !response.destroyed) {
    response.writeHead(status, headers);
    // As long as every character is one byte, both encodings write the same, and latin1 is cheaper for Node to write.
    response.end(body, length === body.length ? "latin1" : "utf8");
  }
  finish(exchange, status);
}

/** Answers with a body that is JSON already. */
export function answerJson(exchange: Exchange, status: number, json: string, more?: readonly string[]): void {
  answerText(exchange, status, json, "application/json", more);
}

/**
 * Answers with an error. `message` and `detail` say the same: SDKs of older servers read only `detail`, and want a string.
 * @param code decides status and text, see lib/errors.ts
 */
export function answerError(exchange: Exchange, code: ErrorCode, options: ErrorOptions = {}): void {
  const known = errorAnswer(code);
  const message = options.message ?? known.message;
  const { retryAfterSeconds } = options;
  const body = {
    error: code,
    message,
    detail: message,
    ...(retryAfterSeconds === undefined ? {} : { retryAfter: retryAfterSeconds }),
    request_id: exchange.requestId,
  };
  const headers = [...(options.headers ?? [])];
  if (retryAfterSeconds !== undefined) headers.push("Retry-After", String(retryAfterSeconds));
  exchange.reason ??= code;
  answerJson(exchange, options.status ?? known.status, JSON.stringify(body), headers);
}

/** Counts the request for its credential and writes its line to the log. */
function finish(exchange: Exchange, status: number): void {
  const { principal, request, gateway, label, reason } = exchange;
  if (principal !== undefined) {
    gateway.usage.record({
      principal,
      seat: exchange.budgets,
      operation: label,
      isRefused: status >= 400 || reason !== undefined,
      userAgent: request.headers["user-agent"],
      address: requestAddress(request),
      nowMs: exchange.nowMs,
    });
  }
  countResponse(status);
  logRequest({
    requestId: exchange.requestId,
    principalId: principal === undefined ? null : credentialId(principal),
    operation: label,
    status,
    reason: reason ?? null,
    nowMs: exchange.nowMs,
    durationMs: performance.now() - exchange.startedAtMs,
  });
}
