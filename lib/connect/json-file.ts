import { keyVariable } from "./shell.ts";
import { KEY_VARIABLE, keyOf, type Snippet, type SnippetInput } from "./snippet.ts";

/** How a client writes an environment variable within its configuration; `pasted`: it fills in none. */
export type Expansion = "${NAME}" | "${env:NAME}" | "$NAME" | "{env:NAME}" | "pasted";

/** The Authorization header with the key, or with the variable that the client fills in. */
export function bearer(input: SnippetInput, expansion: Expansion): string {
  return `Bearer ${expansion === "pasted" ? keyOf(input) : expansion.replace("NAME", KEY_VARIABLE)}`;
}

/** The step that sets the variable; none where the key is pasted. */
export function environmentFor(input: SnippetInput, expansion: Expansion): Pick<Snippet, "environment"> {
  return expansion === "pasted" ? {} : { environment: keyVariable(input) };
}

/** A snippet that is a JSON file. */
export function jsonFile(
  path: string,
  value: unknown,
  more: Partial<Omit<Snippet, "kind" | "path" | "text">> = {},
): Snippet {
  return { kind: "file", path, format: "json", text: JSON.stringify(value, null, 2), notes: [], ...more };
}

/** `{ mcpServers: { pensyve: … } }`, which most clients read. */
export function mcpServers(server: Record<string, unknown>): Record<string, unknown> {
  return { mcpServers: { pensyve: server } };
}
