import { z } from "zod";
import { given, namespace, optionalText } from "#lib/gateway/input.ts";
import { defineOperation } from "#lib/gateway/operation.ts";
import { count } from "#lib/gateway/output.ts";
import type { MemoryStats } from "#lib/memory/memory-store.ts";
import { memoryStore } from "#lib/memory/store.ts";
import { DEFAULT_NAMESPACE } from "#lib/memory/vocabulary.ts";
import { namespaceId } from "#lib/memory/wire.ts";
import { ownerOf } from "./owner.ts";

/** How clients name all that one user has. */
export const tenantName = (userId: string): string => `tenant:${userId}`;

/** How many memories there are, of all types. */
export function countMemories(stats: MemoryStats): number {
  return stats.episodic + stats.semantic + stats.procedural + stats.observation;
}

export const status = defineOperation({
  name: "status",
  summary: "Count memories, check health",
  access: "read",
  run: (principal, input) => memoryStore().stats(ownerOf(principal), { namespace: given(input.namespace) }),
  rest: {
    routes: [{ method: "GET", path: "/v1/stats" }],
    input: z.object({ namespace }),
    output: z.object({
      namespace: z.string().describe("The name of all that this user has."),
      entities: count,
      episodic: count,
      semantic: count,
      procedural: count,
      observation: count,
      episodic_memories: count,
      semantic_memories: count,
      procedural_memories: count,
      observation_memories: count,
      total: count,
    }),
    body: (stats, principal) => ({
      namespace: tenantName(principal.userId),
      ...stats,
      episodic_memories: stats.episodic,
      semantic_memories: stats.semantic,
      procedural_memories: stats.procedural,
      observation_memories: stats.observation,
      total: countMemories(stats),
    }),
  },
  tool: {
    description: "Count the memories and check that the memory works.",
    input: z.object({ entity: optionalText.describe("Has no effect."), namespace }),
    document: (stats, principal, input) => ({
      mode: "remote",
      namespace: tenantName(principal.userId),
      namespace_id: namespaceId(principal.userId, input.namespace ?? DEFAULT_NAMESPACE),
      stats: {
        total_memories: countMemories(stats),
        semantic: stats.semantic,
        episodic: stats.episodic,
        entities: stats.entities,
        vector_index_size: 0,
      },
      health: "ok",
    }),
  },
});
