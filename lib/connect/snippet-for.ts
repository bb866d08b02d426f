import { findClient } from "./clients.ts";
import type { Method, Refusal, Snippet, SnippetInput } from "./snippet.ts";

/**
 * What to put where, so that a client talks to this server. `client`: an id of {@link CLIENTS}.
 * - `file`, `command`, `code`, `form`: see {@link Snippet};
 * - `none`: the client cannot sign in that way, with the reason and the way that works.
 * @throws Error for an id that is not in the list: callers check what people type with findClient.
 */
export function snippetFor(input: SnippetInput & { client: string; method: Method }): Snippet | Refusal {
  const entry = findClient(input.client);
  if (entry === undefined) throw new Error(`No client has the id ${input.client}.`);
  const recipe = entry[input.method];
  return typeof recipe === "function" ? recipe(input) : recipe;
}
