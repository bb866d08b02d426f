import type { SecretStorageChangeEvent } from "vscode";
import type { Secrets } from "../src/credential-store.ts";
import { Emitter } from "../src/emitter.ts";

/** A secret storage in memory. Several windows that hold the same one see each other's changes, as the editor's do. */
export class MemorySecrets implements Secrets {
  readonly values = new Map<string, string>();
  readonly #changed = new Emitter<SecretStorageChangeEvent>();
  readonly onDidChange = this.#changed.event;

  async get(key: string): Promise<string | undefined> {
    return this.values.get(key);
  }
  async store(key: string, value: string): Promise<void> {
    this.values.set(key, value);
    this.#changed.fire({ key });
  }
  async delete(key: string): Promise<void> {
    if (this.values.delete(key)) this.#changed.fire({ key });
  }
}
