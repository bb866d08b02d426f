import type { Configuration } from "oidc-provider";
import type { Env } from "#lib/env.ts";

/** The device flow (RFC 8628). */
export function deviceFeatures(_environment: Env): Pick<NonNullable<Configuration["features"]>, "deviceFlow"> {
  return { deviceFlow: { enabled: false } };
}
