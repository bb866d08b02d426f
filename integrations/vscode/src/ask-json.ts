import { Refusal } from "./refusals.ts";

const TIMEOUT_MS = 30_000;

export type Fetch = typeof fetch;
export type JsonAnswer = { status: number; body: Record<string, unknown> };

/**
 * One request whose answer is a JSON object; redirects are not followed, since what is sent may be a secret.
 * @throws Refusal when no answer came in 30 s, or none that is a JSON object: nothing was decided then, and it can be repeated.
 */
export async function askJson(fetch: Fetch, url: string, init: RequestInit = {}): Promise<JsonAnswer> {
  const headers = { Accept: "application/json" };
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const { origin } = new URL(url);
  let response: Response;
  try {
    response = await fetch(url, { redirect: "error", headers, signal, ...init });
  } catch (cause) {
    throw new Refusal(`${origin} cannot be reached. Start the server, or check pensyve.serverUrl.`, "retry", { cause });
  }
  const body: unknown = await response.json().catch(() => undefined);
  if (typeof body === "object" && body !== null && !Array.isArray(body)) {
    return { status: response.status, body: body as Record<string, unknown> };
  }
  const what = response.ok ? "no JSON" : `HTTP ${response.status}`;
  throw new Refusal(`${origin} answered with ${what}. Check pensyve.serverUrl, or try again later.`, "retry");
}
