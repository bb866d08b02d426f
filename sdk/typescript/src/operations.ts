// Made by scripts/generate-operations.ts from the server's /openapi.json. Do not edit.

/** What the server can do: where it is asked, whether it changes something, and whether it takes a namespace. */
export const OPERATIONS = {
  recall: { method: "POST", path: "/v1/recall", access: "read", hasNamespace: true },
  recall_grouped: { method: "POST", path: "/v1/recall_grouped", access: "read", hasNamespace: true },
  inspect: { method: "POST", path: "/v1/inspect", access: "read", hasNamespace: true },
  status: { method: "GET", path: "/v1/stats", access: "read", hasNamespace: true },
  account: { method: "GET", path: "/v1/usage", access: "read", hasNamespace: false },
  remember: { method: "POST", path: "/v1/remember", access: "write", hasNamespace: true },
  observe: { method: "POST", path: "/v1/observe", access: "write", hasNamespace: false },
  episode_start: { method: "POST", path: "/v1/episodes/start", access: "write", hasNamespace: true },
  episode_message: { method: "POST", path: "/v1/episodes/message", access: "write", hasNamespace: false },
  episode_end: { method: "POST", path: "/v1/episodes/end", access: "write", hasNamespace: false },
  create_entity: { method: "POST", path: "/v1/entities", access: "write", hasNamespace: true },
  forget: { method: "DELETE", path: "/v1/entities/{entity}", access: "write", hasNamespace: true },
  edit_memory: { method: "PATCH", path: "/v1/memories/{memory_id}", access: "write", hasNamespace: false },
  delete_memory: { method: "DELETE", path: "/v1/memories/{memory_id}", access: "write", hasNamespace: false },
  delete_all_memories: { method: "DELETE", path: "/v1/memories", access: "write", hasNamespace: false },
  me: { method: "GET", path: "/v1/me", access: "read", hasNamespace: false },
  health: { method: "GET", path: "/v1/health", access: "public", hasNamespace: false },
} as const;

export type OperationId = keyof typeof OPERATIONS;

/** What each operation takes. */
export type Inputs = {
  recall: RecallInput;
  recall_grouped: RecallGroupedInput;
  inspect: InspectInput;
  status: StatusInput;
  account: AccountInput;
  remember: RememberInput;
  observe: ObserveInput;
  episode_start: EpisodeStartInput;
  episode_message: EpisodeMessageInput;
  episode_end: EpisodeEndInput;
  create_entity: CreateEntityInput;
  forget: ForgetInput;
  edit_memory: EditMemoryInput;
  delete_memory: DeleteMemoryInput;
  delete_all_memories: DeleteAllMemoriesInput;
  me: MeInput;
  health: HealthInput;
};

/** Search memories. */
export type RecallInput = {
  /** What to look for. Empty, or *, lists the newest. */
  query: string;
  /** Whose memories to prefer. */
  entity?: string | null | undefined;
  /** Only these: episodic, semantic, procedural, observation. */
  types?: readonly string[] | null | undefined;
  /** Only memories at least this sure, from 0 to 1. */
  minConfidence?: number | null | undefined;
  /** Part of your memories; all of them when absent. */
  namespace?: string | null | undefined;
  limit?: number | null | undefined;
};

/** Search memories, gathered by episode. */
export type RecallGroupedInput = {
  /** What to look for. Empty, or *, lists the newest. */
  query: string;
  /** Whose memories to prefer. */
  entity?: string | null | undefined;
  /** Only these: episodic, semantic, procedural, observation. */
  types?: readonly string[] | null | undefined;
  /** Only memories at least this sure, from 0 to 1. */
  minConfidence?: number | null | undefined;
  /** Part of your memories; all of them when absent. */
  namespace?: string | null | undefined;
  limit?: number | null | undefined;
  order?: "chronological" | "relevance" | null | undefined;
  maxGroups?: number | null | undefined;
};

/** List what is known about one entity. */
export type InspectInput = {
  /** Whose memories; empty for everything. */
  entity: string;
  memoryType?: string | null | undefined;
  limit?: number | null | undefined;
  /** Part of your memories; all of them when absent. */
  namespace?: string | null | undefined;
};

/** Count memories, check health. */
export type StatusInput = {
  /** Part of your memories; all of them when absent. */
  namespace?: string | null | undefined;
};

/** See scope, usage and limits. */
export type AccountInput = Record<string, never>;

/** Save a fact. */
export type RememberInput = {
  /** Whom the fact is about. */
  entity: string;
  /** The fact, as a short sentence without its subject: prefers dark mode */
  fact: string;
  /** How sure, from 0 to 1; 1 when absent. */
  confidence?: number | null | undefined;
  /** Part of your memories that it goes to; default when absent. */
  namespace?: string | null | undefined;
};

/** Record something in an episode. */
export type ObserveInput = {
  /** The episode, from episode_start. */
  episodeId: string;
  /** What was said or done. */
  content: string;
  /** Who said or did it. */
  sourceEntity: string;
  /** Whom it is about. */
  aboutEntity: string;
  /** text (the default), code, image, tool_output or structured. */
  contentType?: string | null | undefined;
};

/** Begin an episode. */
export type EpisodeStartInput = {
  /** Who takes part: user, assistant. */
  participants: readonly string[];
  /** Part of your memories that it goes to; default when absent. */
  namespace?: string | null | undefined;
};

/** Add a message to an episode. */
export type EpisodeMessageInput = {
  episodeId: string;
  role: string;
  content: string;
};

/** End an episode. */
export type EpisodeEndInput = {
  /** The episode, from episode_start. */
  episodeId: string;
  /** success (the default), failure or partial. */
  outcome?: string | null | undefined;
};

/** Create an entity, or get the existing one. */
export type CreateEntityInput = {
  name: string;
  kind?: string | null | undefined;
  /** Part of your memories that it goes to; default when absent. */
  namespace?: string | null | undefined;
};

/** Delete all memories about one entity. */
export type ForgetInput = {
  entity: string;
  /** Part of your memories; all of them when absent. */
  namespace?: string | null | undefined;
};

/** Edit a fact. */
export type EditMemoryInput = {
  memoryId: string;
  content?: string | null | undefined;
  confidence?: number | null | undefined;
};

/** Delete one memory. */
export type DeleteMemoryInput = {
  memoryId: string;
};

/** Delete all memories. */
export type DeleteAllMemoriesInput = {
  confirm: "delete-all-memories";
};

/** See what the presented credential is and may do. */
export type MeInput = Record<string, never>;

/** Check that the server answers. */
export type HealthInput = Record<string, never>;
