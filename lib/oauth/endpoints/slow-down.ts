import type { ServerResponse } from "node:http";
import type { ParsedUrlQuery } from "node:querystring";
import { isOutage } from "#lib/outage.ts";
import { isPolledTooFast, POLL_SECONDS, polledDeviceCode } from "../device/device-polling.ts";
import { respondOAuth, respondOutage } from "./respond-oauth.ts";

const SLOW_DOWN = {
  error: "slow_down",
  error_description: `wait ${POLL_SECONDS} seconds longer between two requests than before`,
} as const;

/** Answers a device that asks sooner than it was told to (RFC 8628 section 3.5); returns whether it did. */
export async function answeredTooSoon(form: ParsedUrlQuery, response: ServerResponse): Promise<boolean> {
  const deviceCode = polledDeviceCode(form);
  if (deviceCode === undefined) return false;
  try {
    if (!(await isPolledTooFast(deviceCode))) return false;
    respondOAuth(response, 400, SLOW_DOWN);
  } catch (error) {
    if (!isOutage(error)) throw error;
    respondOutage(response);
  }
  return true;
}
