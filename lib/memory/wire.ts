import { createHash } from "node:crypto";
import type { EpisodicMemory, Memory, MemoryGroup, RecalledMemory, SemanticMemory } from "./memory-store.ts";
import type { ContentType } from "./vocabulary.ts";

/** A memory as `/v1/recall` and `/v1/recall_grouped` give it. `type` repeats `memory_type` for clients that read that name. */
export type WireRecallMemory = {
  id: string;
  content: string;
  memory_type: Memory["type"];
  type: Memory["type"];
  confidence: number;
  stability: number;
  score: number;
  /** Why it was found: `matches`, `like` or `recent`. */
  reason: RecalledMemory["reason"];
  namespace: string;
  event_time?: string;
};

/** Pure: one recalled memory of `/v1/recall`. `event_time` is left out when there is none. */
export function recallMemory({ memory, score, reason }: RecalledMemory): WireRecallMemory {
  const { id, content, type, confidence, stability, namespace } = memory;
  const eventTime = memory.type === "episodic" ? memory.eventTime : undefined;
  return {
    id,
    content,
    memory_type: type,
    type,
    confidence,
    stability,
    score,
    reason,
    namespace,
    ...(eventTime ? { event_time: eventTime.toISOString() } : {}),
  };
}

/** Pure: one group of `/v1/recall_grouped`. */
export function recallGroup(group: MemoryGroup) {
  return {
    session_id: group.sessionId ?? null,
    session_time: group.sessionTime.toISOString(),
    group_score: group.score,
    memories: group.memories.map(recallMemory),
  };
}

/** Pure: the answer of `/v1/remember`. */
export function remembered(memory: SemanticMemory) {
  const { id, content, type, confidence, stability } = memory;
  return { id, content, memory_type: type, confidence, stability, score: null, extraction_tier: 1 };
}

/**
 * Pure: the raw object that MCP tools and `/v1/inspect` show. Entities are ids, enum values PascalCase, absent values null.
 * `userId` is the owner's: with the namespace it makes `namespace_id`.
 */
export function rawMemory(userId: string, memory: Memory) {
  return memory.type === "semantic" ? rawFact(userId, memory) : rawTurn(userId, memory);
}

function rawFact(userId: string, memory: SemanticMemory) {
  return {
    ...rawCommon(userId, memory),
    subject: memory.subjectId,
    predicate: memory.predicate,
    object: memory.object,
    object_entity: null,
    confidence: memory.confidence,
    valid_at: memory.createdAt.toISOString(),
    invalid_at: null,
    source_episodes: [],
  };
}

function rawTurn(userId: string, memory: EpisodicMemory) {
  return {
    ...rawCommon(userId, memory),
    episode_id: memory.episodeId,
    source_entity: memory.sourceEntityId,
    about_entity: memory.aboutEntityId,
    content: memory.content,
    summary: null,
    context_intent: null,
    timestamp: memory.createdAt.toISOString(),
    access_count: memory.accessCount,
    last_accessed: memory.lastAccessedAt?.toISOString() ?? null,
    salience: 1,
    storage_strength: 1,
    event_time: memory.eventTime?.toISOString() ?? null,
    superseded_by: null,
  };
}

function rawCommon(userId: string, memory: Memory) {
  return {
    id: memory.id,
    namespace_id: namespaceId(userId, memory.namespace),
    namespace: memory.namespace,
    content_type: RAW_CONTENT_TYPE[memory.contentType],
    stability: memory.stability,
    retrievability: memory.retrievability,
  };
}

/** Pure: a row of MCP recall: the raw object with `_type` and `_score`. `content` is there for facts too. */
export function rawRecallMemory(userId: string, { memory, score, reason }: RecalledMemory) {
  return {
    ...rawMemory(userId, memory),
    content: memory.content,
    confidence: memory.confidence,
    _type: memory.type,
    _score: score,
    _reason: reason,
  };
}

/** Pure: an item of `/v1/inspect` and of MCP inspect: the raw object with the keys that clients of older servers read. */
export function inspectItem(userId: string, memory: Memory) {
  return memory.type === "semantic"
    ? { ...rawFact(userId, memory), ...named(memory, memory.type) }
    : { ...rawTurn(userId, memory), ...named(memory, memory.type) };
}

function named<Type extends Memory["type"]>({ content, confidence, stability }: Memory, type: Type) {
  return { content, memory_type: type, type, _type: type, confidence, stability };
}

/**
 * Pure: the id of a user's namespace, the same at any time and on any server: a UUIDv5 (RFC 9562 section 5.5) of the
 * namespace's name under the user's id.
 */
export function namespaceId(userId: string, namespace: string): string {
  const hash = createHash("sha1")
    .update(Buffer.from(userId.replaceAll("-", ""), "hex"))
    .update(namespace)
    .digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = hash.toString("hex", 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

const RAW_CONTENT_TYPE = {
  text: "Text",
  code: "Code",
  image: "Image",
  tool_output: "ToolOutput",
  structured: "Structured",
} as const satisfies Record<ContentType, string>;
