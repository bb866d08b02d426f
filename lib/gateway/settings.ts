import type { Env } from "#lib/env.ts";
import { singleton } from "#lib/singleton.ts";

/** What operations and answers need to know of the configuration. */
export type GatewaySettings = {
  publicUrl: string;
  apiUrl: string;
  mcpUrl: string;
  /** Requests a minute and credential; a user has {@link userRateLimit}. */
  rateLimit: number;
  allowedOrigins: readonly string[];
};

const holder = singleton<{ settings: GatewaySettings | undefined }>("gateway-settings", () => ({
  settings: undefined,
}));

/** Keeps what the gateway needs of the environment; start-gateway.ts calls it once per process. */
export function setGatewaySettings({ publicUrl, apiUrl, mcpUrl, rateLimit, allowedOrigins }: Env): GatewaySettings {
  holder.settings = { publicUrl, apiUrl, mcpUrl, rateLimit, allowedOrigins };
  return holder.settings;
}

/** @throws Error when the gateway was not started */
export function gatewaySettings(): GatewaySettings {
  if (!holder.settings) throw new Error("The gateway is not started yet: call startGateway() first.");
  return holder.settings;
}

/** Requests a minute that all credentials of one user have together. */
export function userRateLimit({ rateLimit }: GatewaySettings): number {
  return rateLimit * 2;
}
