import { inTransaction, type Tx } from "#lib/db.ts";
import { Prisma } from "#lib/generated/prisma/client.ts";
import { findCandidates } from "./candidates.ts";
import { entitiesNamed } from "./entities.ts";
import { checkedLimit, checkFraction, checkText } from "./memory-input.ts";
import { memoryFromRow } from "./memory-row.ts";
import { BYTES_MAX, type Owner, type RecalledMemory, type RecallInput } from "./memory-store.ts";
import { namespaceToRead } from "./namespaces.ts";
import { type Ranked, rankCandidates } from "./ranking.ts";

/** See {@link MemoryStore.recall}. */
export async function recall(owner: Owner, input: RecallInput, now = new Date()): Promise<RecalledMemory[]> {
  checkText("query", input.query, BYTES_MAX.query, "empty");
  if (input.minConfidence !== undefined) checkFraction("min_confidence", input.minConfidence);
  const limit = checkedLimit("limit", input.limit);
  const entityIds = await preferredEntities(owner, input);
  if (limit === 0) return [];
  const trimmed = input.query.trim();
  const search = {
    userId: owner.userId,
    namespace: namespaceToRead(input.namespace),
    types: input.types,
    minConfidence: input.minConfidence,
    query: trimmed === "*" ? "" : trimmed,
    entityIds,
    limit,
  };
  return inTransaction(async (tx) => {
    const candidates = await findCandidates(tx, search);
    const best = rankCandidates(candidates, search.query !== "").slice(0, limit);
    const memories = await load(tx, owner, best);
    await countAccess(tx, owner, best, now);
    return memories;
  });
}

async function preferredEntities(owner: Owner, { entity, namespace }: RecallInput): Promise<string[]> {
  if (entity === undefined || entity === "") return [];
  const entities = await entitiesNamed(owner, { name: entity, namespace }, "entity");
  return entities.map(({ id }) => id);
}

async function load(tx: Tx, owner: Owner, best: readonly Ranked[]): Promise<RecalledMemory[]> {
  const ids = best.map(({ id }) => id);
  const rows = await tx.memory.findMany({ where: { userId: owner.userId, id: { in: ids } } });
  const byId = new Map(rows.map((row) => [row.id, row]));
  // A memory that was deleted between the two statements is left out.
  return best.flatMap(({ id, score, reason }) => {
    const row = byId.get(id);
    return row ? [{ memory: memoryFromRow(row), score, reason }] : [];
  });
}

/** SKIP LOCKED: a count is not worth waiting for, and two recalls of the same rows must not block each other. */
async function countAccess(tx: Tx, owner: Owner, best: readonly Ranked[], now: Date): Promise<void> {
  const ids = best.map(({ id }) => id);
  const mine = Prisma.sql`user_id = ${owner.userId}::uuid AND id = ANY(${ids}::uuid[])`;
  await tx.$executeRaw`
    UPDATE memories SET access_count = access_count + 1, last_accessed_at = ${now}
    WHERE ${mine} AND id IN (SELECT id FROM memories WHERE ${mine} FOR UPDATE SKIP LOCKED)`;
}
