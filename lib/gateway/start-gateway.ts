import type { IncomingMessage, ServerResponse } from "node:http";
import { startVerification } from "#lib/auth/start-verification.ts";
import type { Env } from "#lib/env.ts";
import { registerGatewayMetrics } from "./gateway-metrics.ts";
import { makeHandler } from "./handler.ts";
import { makeGateway } from "./make-gateway.ts";
import { setGatewaySettings } from "./settings.ts";
import { makeUsage } from "./usage.ts";

export type StartedGateway = {
  /** Serves one request to `/v1`, `/mcp` or `/openapi.json`. Never throws. */
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** Whether changes of credentials are heard. */
  isReady(): boolean;
  /** Call it when no requests are in flight: writes what usage is left and leaves the register of gateways. */
  stop(): Promise<void>;
};

/** Starts this process's gateway, once per process. The database must be connected. @throws what the database throws */
export async function startGateway(environment: Env): Promise<StartedGateway> {
  const settings = setGatewaySettings(environment);
  const verification = await startVerification(environment);
  registerGatewayMetrics(verification);
  const usage = makeUsage();
  const handle = makeHandler(makeGateway(settings, usage));
  return {
    handle,
    isReady: () => verification.isReady(),
    stop: async () => {
      await usage.stop();
      await verification.stop();
    },
  };
}
