import { checkedLimit } from "./memory-input.ts";
import type { Memory, MemoryGroup, Owner, RecalledMemory, RecallGroupedInput } from "./memory-store.ts";
import { recall } from "./recall.ts";

/** See {@link MemoryStore.recallGrouped}. */
export async function recallGrouped(owner: Owner, input: RecallGroupedInput, now = new Date()): Promise<MemoryGroup[]> {
  const most = input.maxGroups === undefined ? Number.POSITIVE_INFINITY : checkedLimit("max_groups", input.maxGroups);
  const groups = groupByEpisode(await recall(owner, input, now));
  if (input.order === "chronological") groups.sort((a, b) => a.sessionTime.getTime() - b.sessionTime.getTime());
  return groups.slice(0, most);
}

/**
 * Pure: turns of one episode together, oldest first; facts alone. Groups come in the order of their best memory, given
 * memories best first.
 */
export function groupByEpisode(recalled: readonly RecalledMemory[]): MemoryGroup[] {
  const groups = new Map<string, RecalledMemory[]>();
  for (const found of recalled) {
    const key = sessionOf(found.memory) ?? found.memory.id;
    const group = groups.get(key);
    if (group) group.push(found);
    else groups.set(key, [found]);
  }
  return [...groups.values()].flatMap((members) => {
    const [best] = members;
    if (!best) return [];
    const memories = members.toSorted((a, b) => timeOf(a.memory).getTime() - timeOf(b.memory).getTime());
    const sessionTime = timeOf((memories[0] ?? best).memory);
    return [{ sessionId: sessionOf(best.memory), sessionTime, score: best.score, memories }];
  });
}

function sessionOf(memory: Memory): string | undefined {
  return memory.type === "episodic" ? memory.episodeId : undefined;
}

function timeOf(memory: Memory): Date {
  return (memory.type === "episodic" ? memory.eventTime : undefined) ?? memory.createdAt;
}
