import { z } from "zod";
import { DomainError, isDomainError } from "#lib/errors.ts";
import { given, idText, namespaceToWrite, optionalText, text, texts } from "#lib/gateway/input.ts";
import { defineOperation } from "#lib/gateway/operation.ts";
import { count, id, instant } from "#lib/gateway/output.ts";
import type { EndedEpisode } from "#lib/memory/memory-store.ts";
import { memoryStore } from "#lib/memory/store.ts";
import { OUTCOMES, outcome } from "#lib/memory/vocabulary.ts";
import { ownerOf } from "./owner.ts";

const startInput = z.object({
  participants: texts.describe("Who takes part: user, assistant."),
  namespace: namespaceToWrite,
});

export const episodeStart = defineOperation({
  name: "episode_start",
  summary: "Begin an episode",
  access: "write",
  run: (principal, input, tx) =>
    memoryStore().startEpisode(ownerOf(principal, tx), {
      participants: input.participants,
      namespace: given(input.namespace),
    }),
  rest: {
    routes: [{ method: "POST", path: "/v1/episodes/start" }],
    input: startInput,
    status: 201,
    output: z.object({ episode_id: id, participants: z.array(z.string()), started_at: instant }),
    body: started,
    subject: (episode) => episode.id,
  },
  tool: {
    description: "Begin an episode: one conversation or task, to which observations belong.",
    input: startInput,
    document: started,
  },
});

export const episodeMessage = defineOperation({
  name: "episode_message",
  summary: "Add a message to an episode",
  access: "write",
  run: (principal, input, tx) =>
    inEpisode(input.episode_id, () =>
      memoryStore().addMessage(ownerOf(principal, tx), {
        episodeId: input.episode_id,
        role: input.role,
        content: input.content,
      }),
    ),
  rest: {
    routes: [
      { method: "POST", path: "/v1/episodes/message" },
      { method: "POST", path: "/v1/episodes/{episode_id}/message" },
    ],
    input: z.object({ episode_id: idText("episode_id"), role: text, content: text }),
    status: 201,
    output: z.object({
      id,
      episode_id: id,
      role: z.string(),
      timestamp: instant,
      status: z.literal("ok"),
    }),
    body: (memory, _principal, input) => ({
      id: memory.id,
      episode_id: memory.episodeId,
      role: input.role,
      timestamp: memory.createdAt.toISOString(),
      status: "ok" as const,
    }),
    subject: (memory) => memory.id,
  },
});

const endInput = z.object({
  episode_id: idText("episode_id").describe("The episode, from episode_start."),
  outcome: optionalText
    .refine((value) => outcome(value) !== undefined, {
      error: ({ input }) => `Unknown outcome '${String(input).slice(0, 64)}'; use success, failure or partial`,
    })
    .describe("success (the default), failure or partial."),
});

export const episodeEnd = defineOperation({
  name: "episode_end",
  summary: "End an episode",
  access: "write",
  run: (principal, input, tx) =>
    inEpisode(input.episode_id, () =>
      memoryStore().endEpisode(ownerOf(principal, tx), {
        episodeId: input.episode_id,
        outcome: outcome(input.outcome) ?? "success",
      }),
    ),
  rest: {
    routes: [
      { method: "POST", path: "/v1/episodes/end" },
      { method: "POST", path: "/v1/episodes/{episode_id}/end" },
    ],
    input: endInput,
    output: z.object({ episode_id: id, memories_created: count, outcome: z.enum(OUTCOMES), ended_at: instant }),
    body: ended,
    subject: (episode) => episode.id,
  },
  tool: {
    description: "End the episode when the conversation or task is over.",
    input: endInput,
    document: ended,
  },
});

/**
 * Runs `act`, which fails where the episode is absent or somebody else's, and then says so in the words that agents know:
 * they answer "Episode not found" by starting a new one.
 */
export async function inEpisode<Result>(episodeId: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    if (!isDomainError(error) || error.code !== "not_found") throw error;
    throw new DomainError("not_found", { message: `Episode not found: ${episodeId}. Start a new one.` });
  }
}

function started(episode: { id: string; participants: string[]; startedAt: Date }) {
  return { episode_id: episode.id, participants: episode.participants, started_at: episode.startedAt.toISOString() };
}

function ended(episode: EndedEpisode) {
  return {
    episode_id: episode.id,
    memories_created: episode.memoriesCreated,
    outcome: episode.outcome,
    ended_at: episode.endedAt.toISOString(),
  };
}
