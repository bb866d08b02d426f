import { db, inTransaction, type Tx } from "#lib/db.ts";
import type { EntityModel } from "#lib/generated/prisma/models.ts";
import { newId } from "#lib/ids.ts";
import { checkText } from "./memory-input.ts";
import { BYTES_MAX, type CreateEntityInput, type Entity, type EntityName, type Owner } from "./memory-store.ts";
import { namespaceToRead, namespaceToWrite, withinNamespace } from "./namespaces.ts";
import { DEFAULT_NAMESPACE, type EntityKind, entityKind } from "./vocabulary.ts";

/** See {@link MemoryStore.createEntity}. */
export async function createEntity(owner: Owner, input: CreateEntityInput, now = new Date()) {
  checkText("name", input.name, BYTES_MAX.name);
  const namespace = namespaceToWrite(input.namespace);
  const { name, kind } = input;
  return inTransaction(async (tx) => {
    const made = await insertEntities(tx, owner, { namespace, names: [name], kind, now });
    const where = { userId_namespace_name: { userId: owner.userId, namespace, name } };
    const entity = await tx.entity.findUniqueOrThrow({ where });
    return { entity: entityFromRow(entity), isNew: made === 1 };
  }, owner.tx);
}

/** See {@link MemoryStore.findEntity}. */
export async function findEntity(owner: Owner, input: EntityName): Promise<Entity | undefined> {
  const [first] = await entitiesNamed(owner, input);
  return first;
}

/** The user's entities of one name: in one namespace, or in all, `default`'s first, then the oldest. @throws DomainError 'invalid_input' */
export async function entitiesNamed(owner: Owner, input: EntityName, field = "name"): Promise<Entity[]> {
  checkText(field, input.name, BYTES_MAX.name, "empty");
  const rows = await (owner.tx ?? db()).entity.findMany({
    where: { userId: owner.userId, name: input.name, ...withinNamespace(namespaceToRead(input.namespace)) },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
  });
  const entities = rows.map(entityFromRow);
  const isDefault = (entity: Entity) => entity.namespace === DEFAULT_NAMESPACE;
  return [...entities.filter(isDefault), ...entities.filter((entity) => !isDefault(entity))];
}

/**
 * Ids of the named entities of one namespace; makes the missing ones with kind `agent`, also when many transactions
 * name the same new entity at once.
 */
export async function ensureEntities(
  tx: Tx,
  owner: Owner,
  input: { namespace: string; names: readonly string[]; now: Date },
): Promise<ReadonlyMap<string, string>> {
  const { namespace } = input;
  const names = [...new Set(input.names)];
  const find = () => tx.entity.findMany({ where: { userId: owner.userId, namespace, name: { in: names } } });
  let rows = await find();
  if (rows.length < names.length) {
    await insertEntities(tx, owner, { namespace, names, kind: "agent", now: input.now });
    rows = await find();
  }
  return new Map(rows.map((row) => [row.name, row.id]));
}

/** The id of `name` among those that {@link ensureEntities} returned. */
export function entityId(ids: ReadonlyMap<string, string>, name: string): string {
  const id = ids.get(name);
  if (id === undefined) throw new Error("An entity that was just made is missing.");
  return id;
}

async function insertEntities(
  tx: Tx,
  owner: Owner,
  input: { namespace: string; names: readonly string[]; kind: EntityKind; now: Date },
): Promise<number> {
  const { namespace, kind, now } = input;
  // One order for everybody: two transactions that make the same names would otherwise wait for each other for ever.
  const data = input.names
    .toSorted()
    .map((name) => ({ id: newId(), userId: owner.userId, namespace, name, kind, createdAt: now }));
  const { count } = await tx.entity.createMany({ data, skipDuplicates: true });
  return count;
}

function entityFromRow({ id, namespace, name, kind, createdAt }: EntityModel): Entity {
  return { id, namespace, name, kind: entityKind(kind), createdAt };
}
