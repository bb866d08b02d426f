import { makeAddressLimit } from "../address-limit.ts";
import { setBounded } from "./bounded-map.ts";
import { type Answer, type Fetch, readDocument } from "./read-document.ts";

/** An answer, be it good or bad, is the answer for so long. */
const REMEMBERED_MS = 30_000;
const REMEMBERED_MAX = 200;
/** Of those key sets that were not good when they were fetched last: for each host, and for all together. */
const OF_HOST = { burst: 30, perMinute: 30 };
const OF_ALL = { burst: 120, perMinute: 60 };

type Remembered = { answer: Answer; isGood: boolean; endsAtMs: number };

/**
 * Key sets of clients (`jwks_uri`). They are fetched before the assertion that names the client is verified, so whoever asks must not
 * make this server a weapon: one fetch for all who ask within half a minute, whatever came of it, and bounds for each host and for all.
 * @param bytesMax of a key set; a longer one is cut one byte after it.
 * @returns a fetch that throws what the network said, or that the host is asked too often.
 */
export function makeKeySets(fetchKeySet: Fetch, bytesMax: number): Fetch {
  const remembered = new Map<string, Remembered>();
  const pending = new Map<string, Promise<Answer>>();
  const ofHost = makeAddressLimit(OF_HOST);
  const ofAll = makeAddressLimit(OF_ALL);

  const ask = async (url: string, options: RequestInit): Promise<Answer> => {
    const answer = await readDocument(fetchKeySet, url, options, bytesMax);
    setBounded(
      remembered,
      url,
      { answer, isGood: isKeySet(answer, bytesMax), endsAtMs: Date.now() + REMEMBERED_MS },
      REMEMBERED_MAX,
    );
    return answer;
  };
  return async (url, options) => {
    const last = remembered.get(url);
    if (last && last.endsAtMs > Date.now()) return respond(last.answer);
    const running = pending.get(url);
    if (running) return respond(await running);
    const { host } = new URL(url);
    const now = Date.now();
    // Good ones, which half a minute bounds already, are not held up by what strangers make up, be it at the same host.
    if (!last?.isGood && (ofHost.take(host, now) || ofAll.take("all", now)) > 0) {
      throw new Error(`${host} is asked for key sets too often: try again in a minute`);
    }
    const asked = ask(url, options).finally(() => pending.delete(url));
    pending.set(url, asked);
    return respond(await asked);
  };
}

function respond(answer: Answer): Response {
  if ("error" in answer) throw answer.error;
  if (answer.status !== 200) throw new Error(`The answer has the status ${answer.status}`);
  return new Response(answer.text);
}

function isKeySet(answer: Answer, bytesMax: number): boolean {
  if ("error" in answer || answer.status !== 200 || Buffer.byteLength(answer.text) > bytesMax) return false;
  try {
    const body: unknown = JSON.parse(answer.text);
    return typeof body === "object" && body !== null && "keys" in body && Array.isArray(body.keys);
  } catch {
    return false;
  }
}
