import { db } from "#lib/db.ts";
import { DomainError } from "#lib/errors.ts";
import { entitiesNamed } from "./entities.ts";
import { concerning } from "./inspect.ts";
import { checkId } from "./memory-input.ts";
import { memoryFromRow } from "./memory-row.ts";
import type { EntityName, Forgotten, Memory, Owner } from "./memory-store.ts";

/** See {@link MemoryStore.forgetEntity}. What a read of the same name and namespace shows is what goes. */
export async function forgetEntity(owner: Owner, input: EntityName): Promise<Forgotten> {
  const entities = await entitiesNamed(owner, input, "entity");
  const [first] = entities;
  if (!first) return { forgottenCount: 0, entityId: undefined };
  const { count } = await (owner.tx ?? db()).memory.deleteMany({
    where: { userId: owner.userId, ...concerning(entities.map(({ id }) => id)) },
  });
  return { forgottenCount: count, entityId: first.id };
}

/** See {@link MemoryStore.getMemory}. */
export async function getMemory(owner: Owner, id: string): Promise<Memory> {
  checkId(id);
  const row = await db().memory.findFirst({ where: { id, userId: owner.userId } });
  if (!row) throw new DomainError("not_found");
  return memoryFromRow(row);
}

/** See {@link MemoryStore.deleteMemory}. */
export async function deleteMemory(owner: Owner, id: string): Promise<void> {
  checkId(id);
  const { count } = await (owner.tx ?? db()).memory.deleteMany({ where: { id, userId: owner.userId } });
  if (count === 0) throw new DomainError("not_found");
}

/** See {@link MemoryStore.deleteAll}. */
export async function deleteAll(owner: Owner): Promise<number> {
  const { count } = await (owner.tx ?? db()).memory.deleteMany({ where: { userId: owner.userId } });
  return count;
}
