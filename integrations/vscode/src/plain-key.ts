import type { CredentialStore } from "./credential-store.ts";

/** The setting of earlier releases, which kept the key as plain text. */
export type PlainKey = {
  /** From the person's own settings, or from those of a folder, which somebody else may have written. */
  from: "user" | "workspace";
  key: string;
  remove(): Promise<void>;
};

export type PlainKeyOptions = {
  found: readonly PlainKey[];
  store: CredentialStore;
  server: string;
  say(message: string): void;
  /** @returns the chosen one of `choices` */
  ask(message: string, ...choices: string[]): Promise<string | undefined>;
};

const AFTERWARDS = "If that file was synced, shared or committed, rotate the key in the dashboard.";
const USE = "Use and remove it";
const REMOVE = "Remove it";

/**
 * Moves API keys from settings files into the secret storage. The person's own is moved at once. One of a workspace is used only when
 * they say so: whoever wrote the file could otherwise make them store their memories under another's key. A sign-in that is there
 * already is not replaced.
 */
export async function movePlainKeys({ found, store, server, say, ask }: PlainKeyOptions): Promise<void> {
  for (const { from, key, remove } of found) {
    const question = "This workspace's settings hold a Pensyve API key in plain text. Do you want to use it?";
    const choice = from === "user" ? USE : await ask(question, USE, REMOVE);
    if (choice !== USE && choice !== REMOVE) continue;
    const isUsed = choice === USE && (await store.read(server)) === undefined;
    if (isUsed) await store.write(server, { kind: "api_key", key, since: Date.now() });
    await remove();
    if (isUsed)
      say(`Your Pensyve API key is now in the editor's secret storage and no longer in the settings. ${AFTERWARDS}`);
    else say(`The Pensyve API key was removed from the settings and is not used. ${AFTERWARDS}`);
  }
}
