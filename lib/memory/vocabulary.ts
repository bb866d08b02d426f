/** The words of the memory interface, as clients spell them, and what an unknown spelling counts as. */
export const MEMORY_TYPES = ["episodic", "semantic", "procedural", "observation"] as const;
export type MemoryType = (typeof MEMORY_TYPES)[number];

export const ENTITY_KINDS = ["agent", "user", "team", "tool"] as const;
export type EntityKind = (typeof ENTITY_KINDS)[number];

export const CONTENT_TYPES = ["text", "code", "image", "tool_output", "structured"] as const;
export type ContentType = (typeof CONTENT_TYPES)[number];

export const OUTCOMES = ["success", "failure", "partial"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Where a write without a namespace goes. */
export const DEFAULT_NAMESPACE = "default";

/** The kind that `text` names, in any case; unknown or missing is `agent`. */
export function entityKind(text: string | null | undefined): EntityKind {
  return known(ENTITY_KINDS, text) ?? "agent";
}

/** The content type that `text` names, in any case; unknown or missing is `text`. */
export function contentType(text: string | null | undefined): ContentType {
  return known(CONTENT_TYPES, text) ?? "text";
}

/** The outcome that `text` names, in any case: missing is `success`, unknown is undefined (clients are told). */
export function outcome(text: string | null | undefined): Outcome | undefined {
  return text === null || text === undefined ? "success" : known(OUTCOMES, text);
}

/** The memory types among `texts`; unknown names are dropped, so that a list of unknown names alone finds nothing. */
export function memoryTypes(texts: readonly string[] | null | undefined): readonly MemoryType[] | undefined {
  return texts?.flatMap((text) => known(MEMORY_TYPES, text) ?? []);
}

function known<Word extends string>(words: readonly Word[], text: string | null | undefined): Word | undefined {
  const lower = text?.toLowerCase();
  return words.find((word) => word === lower);
}
