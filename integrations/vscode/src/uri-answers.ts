import type { Uri } from "vscode";
import type { Secrets } from "./credential-store.ts";

const PREFIX = "answer:";
const STATE = /^[\w-]{43}$/;
/** How long an answer for another window stays: the code in it lives a minute. */
const KEPT_MS = 60_000;

/**
 * Answers that come by a link of the editor. With several windows the editor hands a link to any of them, so one that did not ask
 * passes it on through the secret storage, which all windows share. The code in it is of no use without the verifier, which only the
 * window that asked knows.
 */
export class UriAnswers {
  readonly #secrets: Secrets;
  readonly #expected = new Map<string, (answer: URL) => void>();
  readonly #subscription: { dispose(): void };

  constructor(secrets: Secrets) {
    this.#secrets = secrets;
    this.#subscription = secrets.onDidChange(({ key }) => {
      if (key.startsWith(PREFIX)) void this.#take(key.slice(PREFIX.length));
    });
  }

  /** Waits for the answer with this state, in whichever window it arrives. */
  expect(state: string): { answer: Promise<URL>; close(): void } {
    const { promise, resolve } = Promise.withResolvers<URL>();
    this.#expected.set(state, resolve);
    return { answer: promise, close: () => void this.#expected.delete(state) };
  }

  /** As the editor calls it with each link to this extension. */
  async handleUri(uri: Pick<Uri, "path" | "toString">): Promise<void> {
    if (uri.path !== "/callback") return;
    const address = new URL(uri.toString(true));
    const state = address.searchParams.get("state") ?? "";
    const resolve = this.#expected.get(state);
    if (resolve) resolve(address);
    else if (STATE.test(state)) await this.#passOn(state, address);
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  async #passOn(state: string, address: URL): Promise<void> {
    await this.#secrets.store(PREFIX + state, String(address));
    setTimeout(() => void this.#secrets.delete(PREFIX + state), KEPT_MS);
  }

  async #take(state: string): Promise<void> {
    const resolve = this.#expected.get(state);
    const address = resolve && (await this.#secrets.get(PREFIX + state));
    if (!address) return;
    await this.#secrets.delete(PREFIX + state);
    resolve(new URL(address));
  }
}
