import type { IncomingMessage } from "node:http";
import { requestAddress } from "#lib/server/client-address.ts";
import { singleton } from "#lib/singleton.ts";
import { type AddressLimit, makeAddressLimit } from "../address-limit.ts";

/**
 * What one address may begin, at all three endpoints together. Nobody is authenticated there, and each request leaves a row for up
 * to an hour: 2,000 at once and 300 a minute of at most 8 KB each are some 16 MB at once and 150 MB in the hour. Generous, since
 * hosted clients send all their users from a few addresses.
 */
const ALLOWANCE = { burst: 2_000, perMinute: 300 };
/** Encoded, of all parameters together: several times what the longest request of a real client has. */
const PARAMETERS_MAX = 8 * 1024;

/** Takes one of the address's allowance of authorizations, pushed requests and device codes. @returns seconds to wait, else 0. */
export function secondsUntilNext(request: IncomingMessage, nowMs = Date.now()): number {
  const limit = singleton<AddressLimit>("authorization-limit", () => makeAddressLimit(ALLOWANCE));
  return limit.take(requestAddress(request), nowMs);
}

/** What keeps a form (or query) of such a request from being kept; undefined when nothing does. */
export function formFault(form: string): string | undefined {
  if (Buffer.byteLength(form) > PARAMETERS_MAX) return "the parameters are larger than 8 KiB together: send less";
  // PostgreSQL's text has no NUL. Half a surrogate pair cannot come: what is not UTF-8 is replaced when a form is decoded.
  return /\0|%00/.test(form) ? "a parameter has a NUL character: leave it out" : undefined;
}
