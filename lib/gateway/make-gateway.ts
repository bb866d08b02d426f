import { makeProofStore } from "#lib/auth/proof-store.ts";
import type { Gateway } from "./exchange.ts";
import { makeFailureLimit } from "./failure-limit.ts";
import { openApiOperation } from "./openapi.ts";
import { OPERATIONS } from "./operations.ts";
import { makeOrigins } from "./origins.ts";
import { makeRateLimiter } from "./rate-limit.ts";
import { makeChallenges } from "./refuse.ts";
import { makeRouter } from "./router.ts";
import type { GatewaySettings } from "./settings.ts";
import type { Usage } from "./usage.ts";

/** Puts together what all requests of a process share. Starts nothing. */
export function makeGateway(settings: GatewaySettings, usage: Usage): Gateway {
  return {
    settings,
    router: makeRouter([...OPERATIONS, openApiOperation(OPERATIONS, settings)]),
    origins: makeOrigins(settings),
    limiter: makeRateLimiter(settings),
    failures: makeFailureLimit(),
    usage,
    proofs: makeProofStore(),
    challenges: {
      rest: makeChallenges(settings.apiUrl, ""),
      mcp: makeChallenges(settings.mcpUrl, "/mcp"),
    },
  };
}
