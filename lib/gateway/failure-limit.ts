import { WINDOW_SECONDS } from "./rate-limit.ts";

const FAILURES_MAX = 60;
const ADDRESSES_MAX = 50_000;
const WINDOW_MS = WINDOW_SECONDS * 1_000;

export type FailureLimit = {
  /** Counts one refused credential. @returns seconds to wait when that was too many in this minute, else 0 */
  count(address: string, nowMs: number): number;
};

/**
 * Refused credentials, 60 a minute and client address, in this process: a bucket of its own, so that guessing costs nobody
 * else's budget, and a valid credential from the same address is never held up. Requests without a credential do not count.
 */
export function makeFailureLimit(): FailureLimit {
  let window = 0;
  let failures = new Map<string, number>();
  return {
    count(address, nowMs) {
      const current = Math.floor(nowMs / WINDOW_MS);
      if (current !== window || failures.size >= ADDRESSES_MAX) {
        window = current;
        failures = new Map();
      }
      const count = (failures.get(address) ?? 0) + 1;
      failures.set(address, count);
      return count > FAILURES_MAX ? Math.ceil(((current + 1) * WINDOW_MS - nowMs) / 1_000) : 0;
    },
  };
}
