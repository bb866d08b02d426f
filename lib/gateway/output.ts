import { z } from "zod";
import { CONTENT_TYPES, MEMORY_TYPES } from "#lib/memory/vocabulary.ts";

/** Fields of operations' answers. What is always there is required; `null` says that there is no value. */
export const id = z.uuid();
export const instant = z.iso.datetime();
export const count = z.int().min(0);
/** A number from 0 to 1. */
export const fraction = z.number().min(0).max(1);

const kinds = { memory_type: z.enum(MEMORY_TYPES), type: z.enum(MEMORY_TYPES).describe("The same as memory_type.") };

/** A memory that a search found, see lib/memory/wire.ts. */
export const foundMemory = z.object({
  id,
  content: z.string(),
  ...kinds,
  confidence: fraction,
  stability: z.number(),
  score: z.number().describe("For comparing within one answer; it has no fixed range."),
  reason: z
    .enum(["matches", "like", "recent"])
    .describe("Words of the query, words that look like them, or only that it is new."),
  namespace: z.string(),
  event_time: instant.optional().describe("When it happened, where that is known."),
});

const stored = {
  id,
  content: z.string(),
  content_type: z.enum(["Text", "Code", "Image", "ToolOutput", "Structured"]),
  namespace: z.string(),
  namespace_id: z.uuid(),
  confidence: fraction,
  stability: z.number(),
  retrievability: z.number(),
};

/** A fact, as it is stored. */
export const storedFact = z.object({
  ...stored,
  memory_type: z.literal("semantic"),
  type: z.literal("semantic"),
  _type: z.literal("semantic"),
  subject: id.describe("The entity that it is about."),
  predicate: z.string(),
  object: z.string(),
  object_entity: z.null(),
  valid_at: instant,
  invalid_at: z.null(),
  source_episodes: z.array(id),
});

/** Something said or done in an episode, as it is stored. */
export const storedTurn = z.object({
  ...stored,
  memory_type: z.literal("episodic"),
  type: z.literal("episodic"),
  _type: z.literal("episodic"),
  episode_id: id,
  source_entity: id,
  about_entity: id,
  summary: z.null(),
  context_intent: z.null(),
  timestamp: instant,
  event_time: instant.nullable(),
  access_count: count,
  last_accessed: instant.nullable(),
  salience: z.number(),
  storage_strength: z.number(),
  superseded_by: z.null(),
});

export const contentTypeName = z.enum(CONTENT_TYPES);
