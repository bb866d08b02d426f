import { type DomainError, isDomainError } from "#lib/errors.ts";
import { log } from "#lib/log.ts";
import { isOutage } from "#lib/outage.ts";
import type { Exchange } from "./exchange.ts";
import { insufficientScope } from "./refuse.ts";
import { answerError } from "./respond.ts";

const RETRY_AFTER_OUTAGE_SECONDS = 2;

/** Answers for what was thrown: an expected failure by its table, an outage with 503, a defect with 500 and a line in the log. */
export function fail(exchange: Exchange, error: unknown): void {
  if (isDomainError(error)) answerDomainError(exchange, error);
  else if (isOutage(error)) {
    answerError(exchange, "unavailable", { retryAfterSeconds: RETRY_AFTER_OUTAGE_SECONDS });
  } else {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    log.error("A request failed", { requestId: exchange.requestId, operation: exchange.label, error: stack });
    answerError(exchange, "internal_error");
  }
}

function answerDomainError(exchange: Exchange, { code, message, details }: DomainError): void {
  if (code === "insufficient_scope") insufficientScope(exchange, String(details["scope"]), message);
  // The schema has accepted its shape, so this is about a value: too long, out of range, not storable.
  else if (code === "invalid_input") answerError(exchange, "invalid_request", { message });
  else {
    const { retryAfterSeconds } = details;
    answerError(exchange, code, { message, ...(typeof retryAfterSeconds === "number" ? { retryAfterSeconds } : {}) });
  }
}
