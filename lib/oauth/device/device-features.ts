import type Provider from "oidc-provider";
import { type Configuration, errors, type KoaContextWithOIDC } from "oidc-provider";
import type { Env } from "#lib/env.ts";
import { requestAddress } from "#lib/server/client-address.ts";
import { POLL_SECONDS } from "./device-polling.ts";

/** Where people enter the code: a page of ours. */
export const DEVICE_PATH = "/device";

/**
 * The device flow (RFC 8628): eight letters without vowels, 20^8 codes (section 6.1). The library's own pages are out of reach, since
 * everything at {@link DEVICE_PATH} goes to ours; should a request get there, it is refused.
 */
export function deviceFeatures(environment: Env): Pick<NonNullable<Configuration["features"]>, "deviceFlow"> {
  return {
    deviceFlow: {
      enabled: environment.deviceFlow !== "off",
      charset: "base-20",
      mask: "****-****",
      deviceInfo: (ctx) => ({ address: requestAddress(ctx.req) }),
      userCodeInputSource: refuse,
      userCodeConfirmSource: refuse,
      successSource: refuse,
    },
  };
}

/** Adds `interval`, which the library leaves out, to what devices are answered (RFC 8628 section 3.2). */
export function announceInterval(provider: Provider): void {
  provider.on("device_authorization.success", (_ctx: KoaContextWithOIDC, body: Record<string, unknown>) => {
    body["interval"] = POLL_SECONDS;
  });
}

function refuse(): never {
  throw new errors.InvalidRequest(`codes are entered at ${DEVICE_PATH}`);
}
