import type { IncomingMessage, ServerResponse } from "node:http";
import type { Principal } from "#lib/auth/principal.ts";
import type { ProofStore } from "#lib/auth/proof-store.ts";
import type { FailureLimit } from "./failure-limit.ts";
import type { ProtectedOperation } from "./operation.ts";
import type { Origins } from "./origins.ts";
import type { Budgets, RateLimiter } from "./rate-limit.ts";
import { NO_PARAMETERS, type Router } from "./router.ts";
import type { GatewaySettings } from "./settings.ts";
import type { Usage } from "./usage.ts";

/** What all requests of a process share. */
export type Gateway = {
  settings: GatewaySettings;
  router: Router;
  origins: Origins;
  limiter: RateLimiter;
  failures: FailureLimit;
  usage: Usage;
  /** Where used proofs are remembered. */
  proofs: ProofStore;
  /** WWW-Authenticate, which depends on nothing in the request but its address. */
  challenges: { rest: Challenges; mcp: Challenges };
};
/** Lists of header names and values: one line for each scheme. */
export type Challenges = {
  none: readonly string[];
  invalidToken: readonly string[];
  invalidRequest: readonly string[];
  resourceMetadata: string;
};

/** One request on its walk through the steps of handler.ts, and what they found out. */
export type Exchange = {
  readonly gateway: Gateway;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  /** The wall clock when the request came, for expiry, windows and usage. */
  readonly nowMs: number;
  /** The monotonic clock then, for the duration. */
  readonly startedAtMs: number;
  readonly method: string;
  /** The target without its query string, and that query string. */
  readonly path: string;
  readonly query: string;
  readonly isMcp: boolean;
  /** Set when the Origin header is there and allowed. */
  origin: string | undefined;
  principal: Principal | undefined;
  /** Of a token that is bound to a key: the proof that came with it, checked and not used yet. */
  proofHash: Uint8Array<ArrayBuffer> | undefined;
  budgets: Budgets | undefined;
  operation: ProtectedOperation | undefined;
  parameters: Readonly<Record<string, string>>;
  input: unknown;
  /** For the log and for usage: the operation's name, `protocol` for what MCP does beside tools, or the step that ended it. */
  label: string;
  /** For the log: why it was refused, or failed. */
  reason: string | undefined;
};

/** What a step says: go on, or it has answered. A promise only where something must be waited for. */
export type Outcome = "next" | "done";
export type Step = (exchange: Exchange) => Outcome | Promise<Outcome>;

let count = 0;
const PROCESS = crypto.randomUUID().slice(0, 8);

/** A request id: unique per process and request, short, and cheap to make. */
function nextRequestId(): string {
  count += 1;
  return `${PROCESS}-${count}`;
}

/** Pure but for the request id and the clocks. */
export function makeExchange(gateway: Gateway, request: IncomingMessage, response: ServerResponse): Exchange {
  const target = request.url ?? "/";
  const queryAt = target.indexOf("?");
  const path = queryAt < 0 ? target : target.slice(0, queryAt);
  return {
    gateway,
    request,
    response,
    requestId: nextRequestId(),
    nowMs: Date.now(),
    startedAtMs: performance.now(),
    method: request.method ?? "GET",
    path,
    query: queryAt < 0 ? "" : target.slice(queryAt + 1),
    isMcp: path === "/mcp" || path === "/mcp/",
    origin: undefined,
    principal: undefined,
    proofHash: undefined,
    budgets: undefined,
    operation: undefined,
    parameters: NO_PARAMETERS,
    input: undefined,
    label: "none",
    reason: undefined,
  };
}
