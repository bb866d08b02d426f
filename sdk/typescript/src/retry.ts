import { ApiError, ConnectionError } from "./errors.ts";
import type { Settings } from "./settings.ts";

const PASSING = [429, 502, 503, 504];

/**
 * How long to wait before the repeat that follows `repeats` others; undefined when another try would end the same, or the
 * server asks for more patience than the settings have. Never earlier than the server asks.
 */
export function retryDelayMs(
  error: unknown,
  repeats: number,
  settings: Pick<Settings, "retryBaseDelayMs" | "retryMaxDelayMs">,
  random: () => number = Math.random,
): number | undefined {
  if (!isPassing(error)) return undefined;
  const { retryBaseDelayMs, retryMaxDelayMs } = settings;
  // Chance keeps those who failed together from coming back together.
  const backoffMs = Math.min(retryBaseDelayMs * 2 ** repeats, retryMaxDelayMs) * (0.5 + random() / 2);
  if (!(error instanceof ApiError) || error.retryAfterSeconds === undefined) return backoffMs;
  const askedMs = error.retryAfterSeconds * 1_000;
  return askedMs > retryMaxDelayMs ? undefined : askedMs + random() * retryBaseDelayMs;
}

function isPassing(error: unknown): boolean {
  return error instanceof ConnectionError || (error instanceof ApiError && PASSING.includes(error.status));
}

/** Waits. @throws the reason of `signal` as soon as it aborts */
export function pause(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, delayMs);
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}
