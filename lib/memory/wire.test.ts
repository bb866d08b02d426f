import { expect, test } from "vitest";
import type { EpisodicMemory, SemanticMemory } from "./memory-store.ts";
import { inspectItem, namespaceId, rawMemory, rawRecallMemory, recallGroup, recallMemory, remembered } from "./wire.ts";

const USER = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
const at = new Date("2026-05-03T10:00:00.000Z");
const stored = {
  namespace: "default",
  confidence: 0.9,
  stability: 1,
  retrievability: 1,
  createdAt: at,
  accessCount: 2,
  lastAccessedAt: undefined,
};
const fact: SemanticMemory = {
  ...stored,
  id: "f",
  type: "semantic",
  content: "prefers dark mode",
  contentType: "text",
  subjectId: "s",
  predicate: "prefers",
  object: "dark mode",
};
const turn: EpisodicMemory = {
  ...stored,
  id: "t",
  type: "episodic",
  content: "ls",
  contentType: "tool_output",
  episodeId: "e",
  sourceEntityId: "a",
  aboutEntityId: "b",
  eventTime: at,
};

test("the id of a namespace is the UUIDv5 of its name under the user's id (RFC 9562 A.4)", () => {
  expect(namespaceId(USER, "www.example.com")).toBe("2ed6657d-e927-568b-95e1-2665a8aea6a2");
  expect(namespaceId(USER, "default")).not.toBe(namespaceId(USER, "work"));
});

test("a raw fact has the keys of existing servers, entities as ids and PascalCase content types", () => {
  expect(rawMemory(USER, fact)).toEqual({
    id: "f",
    namespace_id: namespaceId(USER, "default"),
    namespace: "default",
    subject: "s",
    predicate: "prefers",
    object: "dark mode",
    object_entity: null,
    content_type: "Text",
    confidence: 0.9,
    valid_at: "2026-05-03T10:00:00.000Z",
    invalid_at: null,
    source_episodes: [],
    stability: 1,
    retrievability: 1,
  });
});

test("a raw turn has the keys of existing servers", () => {
  expect(rawMemory(USER, turn)).toEqual({
    id: "t",
    namespace_id: namespaceId(USER, "default"),
    namespace: "default",
    episode_id: "e",
    source_entity: "a",
    about_entity: "b",
    content: "ls",
    content_type: "ToolOutput",
    summary: null,
    context_intent: null,
    timestamp: "2026-05-03T10:00:00.000Z",
    stability: 1,
    retrievability: 1,
    access_count: 2,
    last_accessed: null,
    salience: 1,
    storage_strength: 1,
    event_time: "2026-05-03T10:00:00.000Z",
    superseded_by: null,
  });
});

test("a recalled memory has type beside memory_type, and event_time only when there is one", () => {
  expect(recallMemory({ memory: fact, score: 0.5, reason: "matches" })).toEqual({
    id: "f",
    content: "prefers dark mode",
    memory_type: "semantic",
    type: "semantic",
    confidence: 0.9,
    stability: 1,
    score: 0.5,
    reason: "matches",
    namespace: "default",
  });
  expect(recallMemory({ memory: turn, score: 0.5, reason: "recent" }).event_time).toBe("2026-05-03T10:00:00.000Z");
});

test("rows of MCP recall and items of inspect add what clients read to the raw object", () => {
  const row = rawRecallMemory(USER, { memory: fact, score: 0.5, reason: "like" });
  expect(row).toMatchObject({ ...rawMemory(USER, fact), content: fact.content, _type: "semantic", _score: 0.5 });
  const added = { content: "ls", memory_type: "episodic", type: "episodic", confidence: 0.9, stability: 1 };
  expect(inspectItem(USER, turn)).toMatchObject({ ...rawMemory(USER, turn), ...added });
});

test("a group without an episode has a null session, and keeps its members' scores", () => {
  const memories = [{ memory: fact, score: 0.5, reason: "matches" as const }];
  expect(recallGroup({ sessionId: undefined, sessionTime: at, score: 0.5, memories })).toEqual({
    session_id: null,
    session_time: "2026-05-03T10:00:00.000Z",
    group_score: 0.5,
    memories: memories.map(recallMemory),
  });
});

test("the answer to remember has the keys of existing servers", () => {
  expect(remembered(fact)).toEqual({
    id: "f",
    content: "prefers dark mode",
    memory_type: "semantic",
    confidence: 0.9,
    stability: 1,
    score: null,
    extraction_tier: 1,
  });
});
