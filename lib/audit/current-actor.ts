import { AsyncLocalStorage } from "node:async_hooks";
import { singleton } from "#lib/singleton.ts";
import type { Actor } from "./actor.ts";

const storage = singleton("current-actor", () => new AsyncLocalStorage<Actor>());

/** Runs `work` for `actor`, where a library stands between the one who acts and the row that names them. */
export function withActor<Result>(actor: Actor, work: () => Promise<Result>): Promise<Result> {
  return storage.run(actor, work);
}

/** Who {@link withActor} is running for. */
export function currentActor(): Actor | undefined {
  return storage.getStore();
}
