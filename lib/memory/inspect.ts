import { db } from "#lib/db.ts";
import { entitiesNamed } from "./entities.ts";
import { checkedLimit } from "./memory-input.ts";
import { memoryFromRow } from "./memory-row.ts";
import type { InspectInput, Inspection, Memory, MemoryStats, Owner } from "./memory-store.ts";
import { namespaceToRead, withinNamespace } from "./namespaces.ts";
import { MEMORY_TYPES, type MemoryType } from "./vocabulary.ts";

/** See {@link MemoryStore.inspect}. */
export async function inspect(owner: Owner, input: InspectInput): Promise<Inspection> {
  const limit = checkedLimit("limit", input.limit);
  const types = input.types ?? MEMORY_TYPES;
  const where = { userId: owner.userId, ...withinNamespace(namespaceToRead(input.namespace)) };
  if (input.entity === "") {
    const turns = await newest("episodic", types, where, limit);
    const facts = await newest("semantic", types, where, limit);
    return { entityId: undefined, memories: [...turns, ...facts] };
  }
  const entities = await entitiesNamed(owner, { name: input.entity, namespace: input.namespace }, "entity");
  const about = { ...where, ...concerning(entities.map(({ id }) => id)) };
  const turns = await newest("episodic", types, about, limit);
  const facts = await newest("semantic", types, about, limit - turns.length);
  return { entityId: entities[0]?.id, memories: [...turns, ...facts] };
}

/** The `where` of memories that concern any of these entities: about it, or by it. */
export function concerning(entityIds: string[]) {
  return { OR: [{ entityId: { in: entityIds } }, { sourceEntityId: { in: entityIds } }] };
}

/** See {@link MemoryStore.stats}. */
export async function stats(owner: Owner, input: { namespace?: string | undefined } = {}): Promise<MemoryStats> {
  const where = { userId: owner.userId, ...withinNamespace(namespaceToRead(input.namespace)) };
  const entities = await db().entity.count({ where });
  const groups = await db().memory.groupBy({ by: ["type"], where, _count: { _all: true } });
  const count = (type: MemoryType) => groups.find((group) => group.type === type)?._count._all ?? 0;
  return {
    entities,
    episodic: count("episodic"),
    semantic: count("semantic"),
    procedural: count("procedural"),
    observation: count("observation"),
  };
}

async function newest(
  type: MemoryType,
  types: readonly MemoryType[],
  where: { userId: string },
  limit: number,
): Promise<Memory[]> {
  if (limit === 0 || !types.includes(type)) return [];
  const orderBy = [{ createdAt: "desc" }, { id: "desc" }] as const;
  const rows = await db().memory.findMany({ where: { ...where, type }, orderBy: [...orderBy], take: limit });
  return rows.map(memoryFromRow);
}
