import type { Answers } from "./answers.ts";
import { ConnectionError, refusalError, TimeoutError } from "./errors.ts";
import { type Inputs, OPERATIONS, type OperationId } from "./operations.ts";
import { readRefusal } from "./refusal.ts";
import { pause, retryDelayMs } from "./retry.ts";
import { checkedRetries, checkedTimeout, isHeaderText, type Settings } from "./settings.ts";
import { fromWire, toWire } from "./wire-names.ts";

/** What one call may have of its own. */
export type CallOptions = {
  /** Ends the call, waits included; it then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** How long one attempt may take. */
  timeoutMs?: number | undefined;
  /** How often it is repeated when it fails. */
  retries?: number | undefined;
  /** Of a write: two calls with the same key do it once. Made for each call when absent. */
  idempotencyKey?: string | undefined;
};

export type Send = <Id extends OperationId>(id: Id, input: Inputs[Id], call?: CallOptions) => Promise<Answers[Id]>;

type Request = { url: string; init: { method: string; headers: Record<string, string>; body?: string } };

/**
 * Asks the server, and again where waiting may help: 429, 502 to 504, and when no answer came. A write is repeated only
 * with an Idempotency-Key, the same in each attempt.
 * @throws ApiError, ConnectionError, the reason of `call.signal`; TypeError and RangeError for what cannot be sent
 */
export function makeSend(settings: Settings): Send {
  return async (id, input, call = {}) => {
    const { access } = OPERATIONS[id];
    const request = makeRequest(settings, id, input);
    const timeoutMs = checkedTimeout(call.timeoutMs ?? settings.timeoutMs);
    let retries = checkedRetries(call.retries ?? settings.retries);
    if (access === "write") {
      const key = call.idempotencyKey ?? newIdempotencyKey();
      if (key === undefined) retries = 0;
      else request.init.headers["Idempotency-Key"] = checkedIdempotencyKey(key);
    }
    for (let repeats = 0; ; repeats += 1) {
      try {
        const answer = await attempt(settings, id, request, timeoutMs, call.signal);
        // The server's promise; the tests hold it to that.
        return fromWire(answer) as Answers[typeof id];
      } catch (error) {
        const delayMs = repeats < retries ? retryDelayMs(error, repeats, settings) : undefined;
        if (delayMs === undefined) throw error;
        await pause(delayMs, call.signal);
      }
    }
  };
}

function makeRequest(settings: Settings, id: OperationId, input: object): Request {
  const { method, path, access, hasNamespace } = OPERATIONS[id];
  const fields = { ...toWire(hasNamespace ? { namespace: settings.namespace } : {}), ...toWire(input) };
  const address = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const segment = pathSegment(name, fields[name]);
    delete fields[name];
    return segment;
  });
  const headers: Record<string, string> = { Accept: "application/json" };
  if (access !== "public") headers["Authorization"] = `Bearer ${settings.apiKey}`;
  if (method === "POST" || method === "PATCH") {
    headers["Content-Type"] = "application/json";
    return { url: `${settings.baseUrl}${address}`, init: { method, headers, body: JSON.stringify(fields) } };
  }
  const given = Object.entries(fields).filter(([, value]) => value !== null);
  const query = String(new URLSearchParams(given.map(([name, value]) => [name, String(value)])));
  return { url: `${settings.baseUrl}${address}${query === "" ? "" : `?${query}`}`, init: { method, headers } };
}

/** `.` and `..` never arrive, however they are written: URLs resolve them, and the request would mean something else. */
function pathSegment(name: string, value: unknown): string {
  if (typeof value !== "string" || value === "" || value === "." || value === ".." || /\p{Surrogate}/u.test(value)) {
    throw new TypeError(`This ${name} cannot be sent in an address: it is empty, ".", ".." or half a character.`);
  }
  return encodeURIComponent(value);
}

/** One attempt. @throws ConnectionError or the signal's reason when no answer came, ApiError when it is no success */
async function attempt(
  settings: Settings,
  id: OperationId,
  request: Request,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const { response, text } = await exchange(settings, id, request, timeoutMs, signal);
  const isRedirect = response.type === "opaqueredirect" || (response.status >= 300 && response.status < 400);
  const answer = response.ok ? readJson(text) : undefined;
  if (answer !== undefined) return answer;
  // What stands between may echo the request.
  const refusal = readRefusal(id, response, text.replaceAll(settings.apiKey, "[API key]"));
  if (isRedirect)
    throw refusalError({ ...refusal, detail: "The server redirects. Pass its final address as baseUrl." });
  if (response.ok) throw refusalError({ ...refusal, detail: "The answer is not JSON. Check baseUrl." });
  throw refusalError(refusal);
}

async function exchange(
  { fetch, apiKey, baseUrl }: Settings,
  id: OperationId,
  { url, init }: Request,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<{ response: Response; text: string }> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const stop = () => controller.abort();
  const timer = setTimeout(stop, timeoutMs);
  signal?.addEventListener("abort", stop, { once: true });
  try {
    // Followed, a redirect would turn a POST into a GET, or take the memories elsewhere.
    const response = await fetch(url, { ...init, redirect: "manual", signal: controller.signal });
    return { response, text: await response.text() };
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (controller.signal.aborted) {
      throw new TimeoutError(`${id}: ${baseUrl} did not answer within ${timeoutMs} ms.`, { cause: error });
    }
    const reason = reasonOf(error).replaceAll(apiKey, "[API key]");
    throw new ConnectionError(`${id}: ${baseUrl} cannot be reached: ${reason}`, { cause: error });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

/** What fetch says, and what is below it: Node and Deno put the telling part there. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && cause.message !== "" ? `${error.message} (${cause.message})` : error.message;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Undefined where the web's cryptography is missing, as on pages that came over plain HTTP. */
function newIdempotencyKey(): string | undefined {
  const { crypto }: { crypto?: { randomUUID?: () => string } } = globalThis;
  return crypto?.randomUUID?.();
}

function checkedIdempotencyKey(key: string): string {
  if (isHeaderText(key)) return key;
  throw new TypeError("idempotencyKey must be visible ASCII characters without spaces.");
}
