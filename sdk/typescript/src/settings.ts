import { PensyveError } from "./errors.ts";

export type PensyveOptions = {
  /** The server's address, such as https://memory.example.org; PENSYVE_API_URL when absent. */
  baseUrl?: string | undefined;
  /** An API key; PENSYVE_API_KEY when absent. */
  apiKey?: string | undefined;
  /** Sent with every call that takes one and does not name its own. */
  namespace?: string | undefined;
  /** How long one attempt may take, answer included; 30,000 when absent. */
  timeoutMs?: number | undefined;
  /** How often a failed call is repeated; 2 when absent. */
  retries?: number | undefined;
  /** The first wait before a repeat, doubled each time and shortened at random by up to half; 500 when absent. */
  retryBaseDelayMs?: number | undefined;
  /** The longest wait. A server that asks for a longer one gets no repeat; 60,000 when absent. */
  retryMaxDelayMs?: number | undefined;
  /** Instead of the global fetch. */
  fetch?: typeof fetch | undefined;
};

export type Settings = {
  baseUrl: string;
  apiKey: string;
  namespace: string | undefined;
  timeoutMs: number;
  retries: number;
  retryBaseDelayMs: number;
  retryMaxDelayMs: number;
  fetch: typeof fetch;
};

/** Timers take no more: a longer one would fire at once. */
const TIMER_MS_MAX = 2_147_483_647;

/** @throws PensyveError when the key or the address is missing or cannot be used; it never shows the value */
export function readSettings(options: PensyveOptions): Settings {
  return {
    baseUrl: readBaseUrl(options.baseUrl ?? environment("PENSYVE_API_URL")),
    apiKey: readKey(options.apiKey ?? environment("PENSYVE_API_KEY")),
    namespace: options.namespace,
    timeoutMs: checkedTimeout(options.timeoutMs ?? 30_000),
    retries: checkedRetries(options.retries ?? 2),
    retryBaseDelayMs: checkedDelay("retryBaseDelayMs", options.retryBaseDelayMs ?? 500),
    retryMaxDelayMs: checkedDelay("retryMaxDelayMs", options.retryMaxDelayMs ?? 60_000),
    // Looked up with each call, so that one replaced later is used; called without an object, as browsers demand.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
  };
}

/** @throws RangeError unless a timer can run that long */
export function checkedTimeout(timeoutMs: number): number {
  if (timeoutMs > 0 && timeoutMs <= TIMER_MS_MAX) return timeoutMs;
  throw new RangeError(`timeoutMs must be more than 0 and at most ${TIMER_MS_MAX}.`);
}

/** @throws RangeError unless it is a whole number from 0 */
export function checkedRetries(retries: number): number {
  if (Number.isInteger(retries) && retries >= 0) return retries;
  throw new RangeError("retries must be a whole number from 0.");
}

/** Whether `text` can be a header's value that nothing has to escape: visible ASCII. */
export function isHeaderText(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}

function checkedDelay(name: string, delayMs: number): number {
  if (delayMs >= 0 && delayMs <= TIMER_MS_MAX) return delayMs;
  throw new RangeError(`${name} must be from 0 to ${TIMER_MS_MAX}.`);
}

function readKey(given: string | undefined): string {
  if (given === undefined) throw new PensyveError("There is no API key. Pass apiKey, or set PENSYVE_API_KEY.");
  const key = given.trim();
  if (key === "") throw new PensyveError("The API key is empty. Pass apiKey, or set PENSYVE_API_KEY.");
  // fetch would refuse it as a header, and show it in its message.
  if (!isHeaderText(key)) throw new PensyveError("The API key holds a character that no key has. Copy it again.");
  return key;
}

function readBaseUrl(given: string | undefined): string {
  if (given === undefined) throw new PensyveError("There is no server address. Pass baseUrl, or set PENSYVE_API_URL.");
  const text = given.trim();
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "https:" && url?.protocol !== "http:") {
    throw new PensyveError("The server address is not a URL. Pass baseUrl like https://memory.example.org.");
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw new PensyveError("The server address may hold no user, password, query or fragment.");
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
}

/** A variable of the environment, where there is one. Empty counts as not set. */
function environment(name: string): string | undefined {
  try {
    const process: { env?: Record<string, string | undefined> } | undefined = Reflect.get(globalThis, "process");
    return process?.env?.[name] || undefined;
  } catch {
    // Deno throws without the permission to read it.
    return undefined;
  }
}
