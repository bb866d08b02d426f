import type { MemoryModel } from "#lib/generated/prisma/models.ts";
import type { EpisodicMemory, Memory, SemanticMemory } from "./memory-store.ts";
import { contentType } from "./vocabulary.ts";

type Row = MemoryModel;

/** A stored row as the interface shows it. @throws Error for a row that no method writes: a defect, not an input. */
export function memoryFromRow(row: Row): Memory {
  if (row.type === "semantic") return semanticFromRow(row);
  if (row.type === "episodic") return episodicFromRow(row);
  throw new Error(`Memory ${row.id} has the unknown type ${row.type}.`);
}

/** @throws Error when the row is not a fact with subject, predicate and object */
export function semanticFromRow(row: Row): SemanticMemory {
  const { entityId, predicate, object } = row;
  if (row.type !== "semantic" || entityId === null || predicate === null || object === null) throw broken(row);
  return { ...common(row), type: "semantic", subjectId: entityId, predicate, object };
}

/** @throws Error when the row is not a turn of an episode with source and subject */
export function episodicFromRow(row: Row): EpisodicMemory {
  const { entityId, sourceEntityId, episodeId } = row;
  if (row.type !== "episodic" || entityId === null || sourceEntityId === null || episodeId === null) throw broken(row);
  return {
    ...common(row),
    type: "episodic",
    episodeId,
    sourceEntityId,
    aboutEntityId: entityId,
    eventTime: row.eventTime ?? undefined,
  };
}

function common(row: Row) {
  const { id, namespace, content, confidence, stability, retrievability, createdAt, accessCount } = row;
  return {
    id,
    namespace,
    content,
    contentType: contentType(row.contentType),
    confidence,
    stability,
    retrievability,
    createdAt,
    accessCount,
    lastAccessedAt: row.lastAccessedAt ?? undefined,
  };
}

function broken(row: Row): Error {
  return new Error(`Memory ${row.id} lacks a part that its type ${row.type} has.`);
}
