import { z } from "zod";
import { given, idText, namespaceToWrite, optionalFraction, optionalText, text } from "#lib/gateway/input.ts";
import { defineOperation } from "#lib/gateway/operation.ts";
import { contentTypeName, fraction, id, instant } from "#lib/gateway/output.ts";
import type { EpisodicMemory } from "#lib/memory/memory-store.ts";
import { memoryStore } from "#lib/memory/store.ts";
import { contentType } from "#lib/memory/vocabulary.ts";
import { rawMemory, remembered } from "#lib/memory/wire.ts";
import { inEpisode } from "./episodes.ts";
import { ownerOf } from "./owner.ts";

const rememberInput = z.object({
  entity: text.describe("Whom the fact is about."),
  fact: text.describe("The fact, as a short sentence without its subject: prefers dark mode"),
  confidence: optionalFraction.describe("How sure, from 0 to 1; 1 when absent."),
  namespace: namespaceToWrite,
});

export const remember = defineOperation({
  name: "remember",
  summary: "Save a fact",
  access: "write",
  run: (principal, input, tx) =>
    memoryStore().remember(ownerOf(principal, tx), {
      entity: input.entity,
      fact: input.fact,
      confidence: input.confidence ?? 1,
      namespace: given(input.namespace),
    }),
  rest: {
    routes: [{ method: "POST", path: "/v1/remember" }],
    input: rememberInput,
    status: 201,
    output: z.object({
      id,
      content: z.string(),
      memory_type: z.literal("semantic"),
      confidence: fraction,
      stability: z.number(),
      score: z.null(),
      extraction_tier: z.number(),
    }),
    body: remembered,
    subject: (memory) => memory.id,
  },
  tool: {
    description: "Save a lasting fact about an entity: a preference, a decision, a property.",
    input: rememberInput,
    document: (memory, principal) => rawMemory(principal.userId, memory),
  },
});

const observeInput = z.object({
  episode_id: idText("episode_id").describe("The episode, from episode_start."),
  content: text.describe("What was said or done."),
  source_entity: text.describe("Who said or did it."),
  about_entity: text.describe("Whom it is about."),
  content_type: optionalText.describe("text (the default), code, image, tool_output or structured."),
});

export const observe = defineOperation({
  name: "observe",
  summary: "Record something in an episode",
  access: "write",
  run: (principal, input, tx) =>
    inEpisode(input.episode_id, () =>
      memoryStore().observe(ownerOf(principal, tx), {
        episodeId: input.episode_id,
        content: input.content,
        sourceEntity: input.source_entity,
        aboutEntity: input.about_entity,
        contentType: contentType(input.content_type),
      }),
    ),
  rest: {
    routes: [{ method: "POST", path: "/v1/observe" }],
    input: observeInput,
    status: 201,
    output: z.object({ id, episode_id: id, content_type: contentTypeName, timestamp: instant }),
    body: observed,
    subject: (memory) => memory.id,
  },
  tool: {
    description: "Record what was said or done in the current episode.",
    input: observeInput,
    document: observed,
  },
});

function observed(memory: EpisodicMemory) {
  return {
    id: memory.id,
    episode_id: memory.episodeId,
    content_type: memory.contentType,
    timestamp: memory.createdAt.toISOString(),
  };
}
