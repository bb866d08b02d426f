import { type Authentication, authenticate } from "#lib/auth/authenticate.ts";
import { markProofUsed } from "#lib/auth/check-proof.ts";
import { type Credential, parseCredential } from "#lib/auth/credential.ts";
import type { AccessTokenPrincipal } from "#lib/auth/principal.ts";
import { requestAddress } from "#lib/server/client-address.ts";
import { countResponse } from "#lib/server/count-response.ts";
import type { Exchange, Outcome } from "./exchange.ts";
import { preflightHeaders } from "./origins.ts";
import { proveKey, refuseProof } from "./prove-key.ts";
import { secondsToNextWindow } from "./rate-limit.ts";
import { challengesFor } from "./refuse.ts";
import { answerError, answerJson } from "./respond.ts";

const RETRY_AFTER_UNAVAILABLE_SECONDS = 2;
const TOKEN_PARAMETERS = ["access_token", "api_key", "token"];

/** A browser page of an origin that is not on the list gets 403; without Origin it is no browser page (standards BER-16). */
export function checkOrigin(exchange: Exchange): Outcome {
  const { origin } = exchange.request.headers;
  if (origin === undefined) return "next";
  if (!exchange.gateway.origins.isAllowed(origin)) {
    exchange.label = "origin";
    answerError(exchange, "origin_not_allowed");
    return "done";
  }
  exchange.origin = origin;
  return "next";
}

/** The question a browser asks before the request carries no credential, and needs none (standards BER-03). */
export function answerPreflight(exchange: Exchange): Outcome {
  if (exchange.method !== "OPTIONS" || exchange.origin === undefined) return "next";
  const { response, origin } = exchange;
  exchange.label = "preflight";
  countResponse(204);
  response.writeHead(204, ["X-Request-Id", exchange.requestId, ...preflightHeaders(origin)]);
  response.end();
  return "done";
}

/** Answers the few public operations. */
export function answerPublic(exchange: Exchange): Outcome {
  const operation = exchange.gateway.router.matchPublic(exchange.method, exchange.path);
  if (!operation) return "next";
  exchange.label = operation.name;
  const { status, json } = operation.answer();
  answerJson(exchange, status, json);
  return "done";
}

/** Finds out who is asking. Without a credential, or with one that is not valid, the answer is 401 whatever was asked. */
export function verifyCredential(exchange: Exchange): Outcome | Promise<Outcome> {
  const { request } = exchange;
  const parsed = parseCredential(request.headers, request.rawHeaders);
  if (!parsed.ok) return refuseCredential(exchange, parsed.reason);
  if (exchange.query !== "" && hasToken(exchange.query)) return refuseCredential(exchange, "conflicting");
  const { credential } = parsed;
  const authentication = authenticate(credential, exchange.nowMs, exchange.startedAtMs);
  if (authentication instanceof Promise) return authentication.then((later) => accept(exchange, credential, later));
  return accept(exchange, credential, authentication);
}

function accept(
  exchange: Exchange,
  credential: Credential,
  authentication: Authentication,
): Outcome | Promise<Outcome> {
  if (!authentication.ok) return refuseCredential(exchange, authentication.reason);
  const { principal } = authentication;
  if (principal.kind === "access_token" && (principal.proofKey !== undefined || credential.scheme !== undefined)) {
    return acceptBound(exchange, credential, principal);
  }
  exchange.principal = principal;
  return "next";
}

/** A token that is bound to a key, or says so: the proof decides. One that lacks a nonce is no failure yet. */
async function acceptBound(
  exchange: Exchange,
  credential: Credential,
  principal: AccessTokenPrincipal,
): Promise<Outcome> {
  const check = await proveKey(exchange, credential, principal);
  if (check.ok) {
    exchange.principal = principal;
    exchange.proofHash = check.hash;
    return "next";
  }
  if (check.reason !== "nonce_needed") return refuseCredential(exchange, check.reason);
  exchange.label = "authenticate";
  exchange.reason = check.reason;
  refuseProof(exchange, check.nonce);
  return "done";
}

/**
 * Whatever is wrong with a credential, the answer is the same: status, headers and body tell nothing about keys (standards
 * BER-18). The log has the reason. Exceptions: none sent, two sent, the variable's own name, a proof that is not good beside a
 * token that is, and the database being away.
 */
function refuseCredential(exchange: Exchange, reason: string): Outcome {
  exchange.label = "authenticate";
  exchange.reason = reason;
  const challenges = challengesFor(exchange);
  if (reason === "none") {
    answerError(exchange, "unauthorized", { headers: challenges.none });
    return "done";
  }
  if (reason === "unavailable") {
    answerError(exchange, "unavailable", { retryAfterSeconds: RETRY_AFTER_UNAVAILABLE_SECONDS });
    return "done";
  }
  const wait = exchange.gateway.failures.count(requestAddress(exchange.request), exchange.nowMs);
  if (wait > 0) answerError(exchange, "rate_limited", { retryAfterSeconds: wait });
  else if (reason === "conflicting") {
    answerError(exchange, "invalid_request", {
      message: "Send exactly one credential, in the Authorization header.",
      headers: challenges.invalidRequest,
    });
  } else if (reason === "invalid_proof" || reason === "replayed_proof") refuseProof(exchange);
  else {
    const code = reason === "not_expanded" ? "variable_not_expanded" : "invalid_token";
    answerError(exchange, code, { headers: challenges.invalidToken });
  }
  return "done";
}

/** Spends one request of the credential's and the user's budget. */
export function limitRate(exchange: Exchange): Outcome | Promise<Outcome> {
  const { principal, gateway } = exchange;
  if (principal === undefined) throw new Error("limitRate runs after verifyCredential.");
  const budgets = gateway.limiter.budgetsOf(principal, exchange.nowMs);
  exchange.budgets = budgets;
  const spent = gateway.limiter.spend(budgets);
  if (spent === true) return "next";
  if (spent === false) return refuseRate(exchange);
  return spent.then((later) => (later ? "next" : refuseRate(exchange)));
}

/**
 * Uses the proof of a token that is bound to a key. Behind the rate limit, since it is a statement for each request; the limit in
 * turn is spent by nobody who does not hold the key.
 */
export function spendProof(exchange: Exchange): Outcome | Promise<Outcome> {
  const { proofHash, gateway } = exchange;
  if (proofHash === undefined) return "next";
  return markProofUsed(proofHash, gateway.proofs).then((use) => {
    if (use === "first") return "next";
    // Whoever repeats a proof has not shown to be the principal: nothing is counted or told about it.
    exchange.principal = undefined;
    exchange.budgets = undefined;
    return refuseCredential(exchange, use);
  });
}

function refuseRate(exchange: Exchange): Outcome {
  const { budgets } = exchange;
  exchange.label = "rate_limit";
  const retryAfterSeconds = budgets === undefined ? 1 : secondsToNextWindow(budgets.key, exchange.nowMs);
  answerError(exchange, "rate_limited", { retryAfterSeconds });
  return "done";
}

/** A second credential in the address is a conflict; alone it is not looked at at all (standards BER-06). */
function hasToken(query: string): boolean {
  const parameters = new URLSearchParams(query);
  return TOKEN_PARAMETERS.some((name) => parameters.has(name));
}
