import { z } from "zod";
import {
  given,
  limit,
  namespace,
  optionalCount,
  optionalFraction,
  optionalText,
  optionalTexts,
  text,
  toolLimit,
} from "#lib/gateway/input.ts";
import { defineOperation } from "#lib/gateway/operation.ts";
import { foundMemory, id, instant, storedFact, storedTurn } from "#lib/gateway/output.ts";
import { memoryStore } from "#lib/memory/store.ts";
import { memoryTypes } from "#lib/memory/vocabulary.ts";
import { inspectItem, rawRecallMemory, recallGroup, recallMemory } from "#lib/memory/wire.ts";
import { ownerOf } from "./owner.ts";

/** What an engine behind this server would fill; clients of older servers read it. */
const emptyList = z.array(z.unknown()).max(0).describe("Always empty here.");

const recallFields = {
  query: text.describe("What to look for. Empty, or *, lists the newest."),
  entity: optionalText.describe("Whose memories to prefer."),
  types: optionalTexts.describe("Only these: episodic, semantic, procedural, observation."),
  min_confidence: optionalFraction.describe("Only memories at least this sure, from 0 to 1."),
  namespace,
};

export const recall = defineOperation({
  name: "recall",
  summary: "Search memories",
  access: "read",
  run: (principal, input) =>
    memoryStore().recall(ownerOf(principal), {
      query: input.query,
      entity: given(input.entity),
      limit: input.limit,
      types: memoryTypes(input.types),
      minConfidence: given(input.min_confidence),
      namespace: given(input.namespace),
    }),
  rest: {
    routes: [{ method: "POST", path: "/v1/recall" }],
    input: z.object({ ...recallFields, limit: limit(5) }),
    output: z.object({
      memories: z.array(foundMemory).describe("Best first."),
      contradictions: emptyList,
      cursor: z.null(),
    }),
    body: (memories) => ({ memories: memories.map(recallMemory), contradictions: [], cursor: null }),
  },
  tool: {
    description: "Search memories by meaning and words. Call it before answering, to use what is already known.",
    input: z.object({ ...recallFields, limit: toolLimit(5).describe("How many, 1 to 100; 5 when absent.") }),
    document: (memories, principal) => memories.map((memory) => rawRecallMemory(principal.userId, memory)),
  },
});

export const recallGrouped = defineOperation({
  name: "recall_grouped",
  summary: "Search memories, gathered by episode",
  access: "read",
  run: (principal, input) =>
    memoryStore().recallGrouped(ownerOf(principal), {
      query: input.query,
      entity: given(input.entity),
      limit: input.limit,
      types: memoryTypes(input.types),
      minConfidence: given(input.min_confidence),
      namespace: given(input.namespace),
      order: input.order ?? "chronological",
      maxGroups: given(input.max_groups),
    }),
  rest: {
    routes: [{ method: "POST", path: "/v1/recall_grouped" }],
    input: z.object({
      ...recallFields,
      limit: limit(50),
      order: z.enum(["chronological", "relevance"]).nullish(),
      max_groups: optionalCount,
    }),
    output: z.object({
      groups: z.array(
        z.object({
          session_id: id.nullable().describe("The episode; null for a memory that stands alone."),
          session_time: instant.describe("Time of its earliest memory here."),
          group_score: z.number().describe("Score of its best memory."),
          memories: z.array(foundMemory),
        }),
      ),
    }),
    body: (groups) => ({ groups: groups.map(recallGroup) }),
  },
});

export const inspect = defineOperation({
  name: "inspect",
  summary: "List what is known about one entity",
  access: "read",
  run: (principal, input) =>
    memoryStore().inspect(ownerOf(principal), {
      entity: input.entity,
      limit: input.limit,
      types: memoryTypes(input.memory_type ? [input.memory_type] : undefined),
      namespace: given(input.namespace),
    }),
  rest: {
    routes: [{ method: "POST", path: "/v1/inspect" }],
    input: z.object({
      entity: text.describe("Whose memories; empty for everything."),
      memory_type: optionalText,
      limit: limit(50),
      namespace,
    }),
    output: z.object({
      entity: z.string(),
      episodic: z.array(storedTurn),
      semantic: z.array(storedFact),
      procedural: emptyList,
      memories: z.array(z.union([storedFact, storedTurn])).describe("Both: turns, then facts, newest first."),
      cursor: z.null(),
    }),
    body: ({ memories }, principal, input) => {
      const items = memories.map((memory) => inspectItem(principal.userId, memory));
      return {
        entity: input.entity,
        episodic: items.filter((item) => item.type === "episodic"),
        semantic: items.filter((item) => item.type === "semantic"),
        procedural: [],
        memories: items,
        cursor: null,
      };
    },
  },
  tool: {
    description: "List what is known about one entity, newest first.",
    input: z.object({
      entity: text.describe("Whose memories."),
      memory_type: optionalText.describe("Only this type: episodic or semantic."),
      limit: toolLimit(20).describe("How many, 1 to 100; 20 when absent."),
      namespace,
    }),
    document: ({ entityId, memories }, principal, input) => {
      const { entity } = input;
      if (entity !== "" && entityId === undefined) {
        return { entity, message: `Nothing is known about '${entity}'.`, memory_count: 0, memories: [] };
      }
      const items = memories.map((memory) => inspectItem(principal.userId, memory));
      return { entity, entity_id: entityId ?? null, memory_count: items.length, memories: items };
    },
  },
});
