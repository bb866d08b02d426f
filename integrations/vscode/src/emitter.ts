import type { Event } from "vscode";

/** The editor's own emitter exists only inside the editor; this one is the same for whoever listens. */
export class Emitter<T> {
  readonly #listeners = new Set<(value: T) => void>();

  readonly event: Event<T> = (listener, thisArgument, disposables) => {
    const added = (value: T): void => {
      listener.call(thisArgument, value);
    };
    this.#listeners.add(added);
    const disposable = { dispose: () => void this.#listeners.delete(added) };
    disposables?.push(disposable);
    return disposable;
  };

  fire(value: T): void {
    for (const listener of [...this.#listeners]) listener(value);
  }
}
