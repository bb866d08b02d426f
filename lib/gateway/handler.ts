import type { IncomingMessage, ServerResponse } from "node:http";
import { type Exchange, type Gateway, makeExchange, type Step } from "./exchange.ts";
import { fail } from "./fail.ts";
import { serveMcp } from "./mcp.ts";
import { checkScope, findOperation, readInput, runOperation } from "./rest-steps.ts";
import { answerPreflight, answerPublic, checkOrigin, limitRate, spendProof, verifyCredential } from "./steps.ts";

/**
 * The walk of every request. The credential comes before everything that could say 4xx for another reason: without one all is
 * 401, with a valid one nothing is (standards BER-02, BER-11).
 */
const COMMON: readonly Step[] = [checkOrigin, answerPreflight, answerPublic, verifyCredential, limitRate, spendProof];
const REST: readonly Step[] = [...COMMON, findOperation, checkScope, readInput, runOperation];
const MCP: readonly Step[] = [...COMMON, serveMcp];

/** Serves `/v1`, `/mcp` and `/openapi.json`. Answers every request, whatever happens; never throws, never rejects. */
export function makeHandler(gateway: Gateway): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const exchange = makeExchange(gateway, request, response);
    walk(exchange, exchange.isMcp ? MCP : REST, 0);
  };
}

/** Takes the steps in order and stays synchronous as long as they are: a warm request costs no promise. */
function walk(exchange: Exchange, steps: readonly Step[], from: number): void {
  try {
    for (let index = from; index < steps.length; index += 1) {
      const outcome = steps[index]?.(exchange);
      if (outcome === "next") continue;
      if (outcome instanceof Promise) {
        outcome.then(
          (later) => {
            if (later === "next") walk(exchange, steps, index + 1);
          },
          (error: unknown) => fail(exchange, error),
        );
      }
      return;
    }
  } catch (error) {
    fail(exchange, error);
  }
}
