import type { ServerResponse } from "node:http";
import type { ParsedUrlQuery } from "node:querystring";
import { decodeJwt } from "jose";
import type Provider from "oidc-provider";
import type { KoaContextWithOIDC } from "oidc-provider";

const FAILURES_MAX = 120;
const WINDOW_MS = 60_000;
const CALLERS_MAX = 50_000;
const NAME_MAX = 300;
const COUNTED = new Set(["invalid_client", "invalid_grant"]);

let window = 0;
let failures = new Map<string, number>();
const callers = new WeakMap<ServerResponse, string>();

/** The client that a token request claims to be of, in the form, by Basic authentication or in an assertion; nothing is verified. */
export function claimedClient(form: ParsedUrlQuery, authorization: string | undefined): string {
  const { client_id: posted, client_assertion: assertion } = form;
  return typeof posted === "string" ? posted : (basicName(authorization) ?? assertedName(assertion) ?? "");
}

/** Who a token request comes from: an address, and the client that it claims to be. Nothing of it is verified, nothing is a secret. */
export function callerOf(address: string, claimed: string): string {
  return `${address} ${claimed.slice(0, NAME_MAX)}`;
}

/**
 * Seconds until this caller is heard again: 0, unless it failed 120 times in this minute, in this process. A right guess is not heard
 * either until then. Other clients at its address, and the same client elsewhere, are not held up (standards TOK-13).
 */
export function secondsToWait(caller: string, nowMs: number): number {
  if (currentWindow(nowMs) !== window || (failures.get(caller) ?? 0) < FAILURES_MAX) return 0;
  return Math.ceil(((window + 1) * WINDOW_MS - nowMs) / 1_000);
}

/** Remembers whose request this response answers, for {@link countFailures}. */
export function noteCaller(response: ServerResponse, caller: string): void {
  callers.set(response, caller);
}

/** Counts the failed client authentications, and the codes and refresh tokens that are not good, of the token endpoint. */
export function countFailures(provider: Provider): void {
  provider.on("grant.error", (ctx: KoaContextWithOIDC, error: Error & { error?: string }) => {
    const caller = callers.get(ctx.res);
    if (caller !== undefined && COUNTED.has(error.error ?? "")) countFailure(caller, Date.now());
  });
}

/** Counts one failure of this caller. */
export function countFailure(caller: string, nowMs: number): void {
  const current = currentWindow(nowMs);
  if (current !== window || failures.size >= CALLERS_MAX) {
    window = current;
    failures = new Map();
  }
  failures.set(caller, (failures.get(caller) ?? 0) + 1);
}

function currentWindow(nowMs: number): number {
  return Math.floor(nowMs / WINDOW_MS);
}

/** The client of Basic authentication (RFC 6749 section 2.3.1), decoded: of one name there are many spellings. */
function basicName(authorization: string | undefined): string | undefined {
  const [, encoded] = /^basic ([^ ]+)$/i.exec(authorization ?? "") ?? [];
  if (encoded === undefined) return undefined;
  const [name = ""] = Buffer.from(encoded, "base64").toString("utf8").split(":", 1);
  try {
    return decodeURIComponent(name.replaceAll("+", "%20"));
  } catch {
    return undefined;
  }
}

function assertedName(assertion: string | string[] | undefined): string | undefined {
  try {
    const sub: unknown = typeof assertion === "string" ? decodeJwt(assertion).sub : undefined;
    return typeof sub === "string" ? sub : undefined;
  } catch {
    return undefined;
  }
}
