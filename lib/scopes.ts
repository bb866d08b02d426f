/** The scope catalogue: names, what each allows, and the words that people read. The one source; nothing else lists scopes. */
export const SCOPES = ["mcp", "mcp:read", "mcp:write"] as const;
export type Scope = (typeof SCOPES)[number];

/** What an operation needs. `public` needs no credential, `any` a valid one; `full` is reserved to `mcp`. */
export type Access = "public" | "any" | "read" | "write" | "full";

export const DEFAULT_SCOPE: Scope = "mcp";

/** Labels and sentences of ui.md section 5. */
export const SCOPE_WORDS: Record<Scope, { label: string; sentence: string; more?: string; tag?: string }> = {
  mcp: {
    label: "Full access",
    sentence: "Everything an agent does: find, store and forget memories.",
    more: "On REST also edit a memory and delete all.",
  },
  "mcp:read": { label: "Read only", sentence: "Find and look at memories. Cannot store or forget.", tag: "Safest" },
  "mcp:write": { label: "Write only", sentence: "Store and forget memories. Cannot read them back." },
};

/** The nine operations of the strip, in its order: four that read, five that write. */
export const STRIP_OPERATIONS = [
  { name: "recall", access: "read", words: "Search memories" },
  { name: "inspect", access: "read", words: "List what is known about one entity" },
  { name: "status", access: "read", words: "Count memories, check health" },
  { name: "account", access: "read", words: "See scope, usage and limits" },
  { name: "remember", access: "write", words: "Save a fact" },
  { name: "observe", access: "write", words: "Record something in an episode" },
  { name: "episode_start", access: "write", words: "Begin an episode" },
  { name: "episode_end", access: "write", words: "End an episode" },
  { name: "forget", access: "write", words: "Delete all memories about one entity" },
] as const satisfies readonly { name: string; access: Access; words: string }[];

/**
 * Whether a credential with `scope` (space-separated, RFC 6749 section 3.3) may do what needs `access`.
 * Default deny: unknown scope values and an empty scope allow nothing beyond `any` (standards JWT-07).
 * `full` is allowed by `mcp` alone; both halves together do not make it.
 */
export function scopeAllows(scope: string, access: Access): boolean {
  if (access === "public" || access === "any") return true;
  if (scope === "mcp") return true;
  const granted = scope.split(" ");
  if (granted.includes("mcp")) return true;
  if (access === "read") return granted.includes("mcp:read");
  if (access === "write") return granted.includes("mcp:write");
  return false;
}

/** The narrowest scope that allows `access`, as a 403 names it. */
export function scopeThatAllows(access: Access): Scope {
  if (access === "read") return "mcp:read";
  if (access === "write") return "mcp:write";
  return "mcp";
}

/** One scope that allows what both allow, in the catalogue's order: what to ask for so that nothing is lost. Unknown names are left out. */
export function scopeTogether(scope: string, other: string): string {
  const names = new Set(`${scope} ${other}`.split(" "));
  return names.has("mcp") ? "mcp" : SCOPES.filter((name) => names.has(name)).join(" ");
}

/** Whether `value` is one of the three scopes. */
export function isScope(value: string): value is Scope {
  return SCOPES.some((scope) => scope === value);
}

/** What people call a scope of one or more names: "Full access", "Read only", "Read and write". */
export function scopeLabel(scope: string): string {
  if (scope === "mcp:read mcp:write") return "Read and write";
  return isScope(scope) ? SCOPE_WORDS[scope].label : scope;
}
