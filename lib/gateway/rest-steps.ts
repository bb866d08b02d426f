import { scopeAllows, scopeThatAllows } from "#lib/scopes.ts";
import { answerOnce } from "./answer-once.ts";
import type { Exchange, Outcome } from "./exchange.ts";
import { fingerprintOf, readIdempotencyKey } from "./idempotency-key.ts";
import { type Answer, isRefusal, isWrite, type Refusal } from "./operation.ts";
import { readJsonBody } from "./read-body.ts";
import { insufficientScope } from "./refuse.ts";
import { answerError, answerJson } from "./respond.ts";
import { NO_PARAMETERS } from "./router.ts";

/** What servers of this kind had and this one does not have yet: first segments behind `/v1`. */
const NOT_OFFERED = ["a2a", "activity", "consolidate", "feedback", "gdpr"];

/** Finds what the address and the method mean. */
export function findOperation(exchange: Exchange): Outcome {
  const match = exchange.gateway.router.match(exchange.method, exchange.path);
  exchange.label = "route";
  if (match.kind === "not_found") {
    answerError(exchange, "not_found", { message: noSuchRoute(exchange.path) });
    return "done";
  }
  if (match.kind === "malformed") {
    answerError(exchange, "invalid_request", {
      message: "The path holds a % that starts no character. Encode it as UTF-8.",
    });
    return "done";
  }
  if (match.kind === "wrong_method") {
    answerError(exchange, "method_not_allowed", { headers: ["Allow", match.allow] });
    return "done";
  }
  const { operations, parameters } = match;
  exchange.parameters = parameters;
  const scope = exchange.principal?.scope ?? "";
  exchange.operation = operations.find(({ access }) => scopeAllows(scope, access)) ?? operations[0];
  exchange.label = exchange.operation?.name ?? "route";
  return "next";
}

/** Refuses what the credential's scope does not allow, naming the scope that would do. */
export function checkScope(exchange: Exchange): Outcome {
  const { operation, principal } = exchange;
  if (operation && principal && scopeAllows(principal.scope, operation.access)) return "next";
  insufficientScope(exchange, scopeThatAllows(operation?.access ?? "full"));
  return "done";
}

/** Gathers path, query and body into one object. Only POST and PATCH have a body that counts. */
export function readInput(exchange: Exchange): Outcome | Promise<Outcome> {
  const { method, request } = exchange;
  if (method === "POST" || method === "PATCH") return readBodyInput(exchange);
  const { confirm } = request.headers;
  if (confirm === undefined && exchange.query === "" && exchange.parameters === NO_PARAMETERS) {
    exchange.input = NO_PARAMETERS;
    return "next";
  }
  exchange.input = {
    ...(confirm === undefined ? {} : { confirm }),
    ...(exchange.query === "" ? {} : Object.fromEntries(new URLSearchParams(exchange.query))),
    ...exchange.parameters,
  };
  return "next";
}

async function readBodyInput(exchange: Exchange): Promise<Outcome> {
  const body = await readJsonBody(exchange.request);
  switch (body.kind) {
    case "value": {
      const value = body.value ?? {};
      if (typeof value !== "object" || Array.isArray(value)) {
        answerError(exchange, "invalid_input", { message: "The body must be one JSON object. See /openapi.json." });
        return "done";
      }
      exchange.input = { ...value, ...exchange.parameters };
      return "next";
    }
    case "malformed":
      answerError(exchange, "malformed_json");
      return "done";
    case "too_large":
      answerError(exchange, "body_too_large");
      return "done";
    case "unsupported":
      answerError(exchange, "unsupported_media_type");
      return "done";
    case "aborted":
      exchange.reason = "aborted";
      answerError(exchange, "invalid_request");
      return "done";
    default:
      throw new Error(`Unknown kind of body: ${body satisfies never}`);
  }
}

/** Checks the input against the operation's schema, runs it and answers; a write with an Idempotency-Key once. */
export function runOperation(exchange: Exchange): Outcome | Promise<Outcome> {
  const { operation, principal, input, request } = exchange;
  if (!operation || !principal) throw new Error("runOperation runs after findOperation and verifyCredential.");
  const key = isWrite(operation) ? readIdempotencyKey(request) : undefined;
  const answer =
    key === undefined
      ? operation.answer(principal, input)
      : operation.answer(principal, input, (write) =>
          answerOnce({ userId: principal.userId, key, fingerprint: fingerprintOf(operation.name, input) }, write),
        );
  if (answer instanceof Promise) return answer.then((later) => respond(exchange, later));
  return respond(exchange, answer);
}

function respond(exchange: Exchange, answer: Answer | Refusal): Outcome {
  if (!isRefusal(answer)) answerJson(exchange, answer.status, answer.json, answer.headers);
  else
    answerError(exchange, answer.kind === "shape" ? "invalid_input" : "invalid_request", { message: answer.message });
  return "done";
}

function noSuchRoute(path: string): string {
  const [, , first] = path.split("/");
  if (first !== undefined && NOT_OFFERED.includes(first)) {
    return `This server does not offer /v1/${first} yet. GET /v1/me names what this credential may call.`;
  }
  return "There is nothing at this address. Compare it with /openapi.json.";
}
