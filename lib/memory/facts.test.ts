import { beforeEach, expect, test } from "vitest";
import { db } from "#lib/db.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { LIMIT_MAX, type Owner } from "./memory-store.ts";
import { memoryStore } from "./store.ts";

testDatabase();

const store = memoryStore();
let owner: Owner = { userId: "", writtenBy: "" };

beforeEach(async () => {
  owner = { userId: (await insertUser()).id, writtenBy: "key-1" };
});

const about = (entity: string, fact: string, namespace?: string) =>
  store.remember(owner, { entity, fact, confidence: 0.8, namespace });

test("a fact round-trips: split, stored with its entity, found by its id", async () => {
  const now = new Date("2026-02-03T04:05:06.789Z");
  const fact = await store.remember(owner, { entity: "alice", fact: "prefers dark mode", confidence: 0.9 }, now);
  expect(fact).toMatchObject({
    type: "semantic",
    namespace: "default",
    predicate: "prefers",
    object: "dark mode",
    content: "prefers dark mode",
    contentType: "text",
    confidence: 0.9,
    stability: 1,
    createdAt: now,
  });
  expect(await store.getMemory(owner, fact.id)).toEqual(fact);
  expect(await store.findEntity(owner, { name: "alice" })).toMatchObject({ id: fact.subjectId, kind: "agent" });
  expect(await db().memory.findUnique({ where: { id: fact.id } })).toMatchObject({ writtenBy: "key-1" });
});

test("a fact of one word is kept as what the entity knows", async () => {
  expect(await about("alice", "vegetarian")).toMatchObject({
    predicate: "knows",
    object: "vegetarian",
    content: "knows vegetarian",
  });
});

test("an edit changes what it names and nothing else; new content is split again and found again", async () => {
  const fact = await about("alice", "prefers dark mode");
  expect(await store.editMemory(owner, { id: fact.id, confidence: 0.3 })).toEqual({ ...fact, confidence: 0.3 });
  const edited = await store.editMemory(owner, { id: fact.id, content: "hates light bulbs" });
  expect(edited).toMatchObject({
    predicate: "hates",
    object: "light bulbs",
    confidence: 0.3,
    createdAt: fact.createdAt,
  });
  const [best] = await store.recall(owner, { query: "bulb", limit: 1 });
  expect(best).toMatchObject({ reason: "matches", memory: { id: fact.id } });
  expect(await store.editMemory(owner, { id: fact.id })).toMatchObject({ content: "hates light bulbs" });
});

test("a turn of an episode cannot be edited", async () => {
  const episode = await store.startEpisode(owner, { participants: [] });
  const turn = await store.addMessage(owner, { episodeId: episode.id, role: "user", content: "hello there" });
  await expect(store.editMemory(owner, { id: turn.id, content: "bye now" })).rejects.toMatchObject({
    code: "not_found",
  });
  expect(await store.getMemory(owner, turn.id)).toEqual(turn);
});

test("a deleted memory is gone, and deleting it again finds nothing", async () => {
  const fact = await about("alice", "prefers dark mode");
  await store.deleteMemory(owner, fact.id);
  await expect(store.getMemory(owner, fact.id)).rejects.toMatchObject({ code: "not_found" });
  await expect(store.deleteMemory(owner, fact.id)).rejects.toMatchObject({ code: "not_found" });
});

test("creating an entity that exists returns it with the kind it has", async () => {
  const first = await store.createEntity(owner, { name: "bot", kind: "tool" });
  expect(first).toMatchObject({ isNew: true, entity: { name: "bot", kind: "tool", namespace: "default" } });
  const again = await store.createEntity(owner, { name: "bot", kind: "user" });
  expect(again).toEqual({ isNew: false, entity: first.entity });
  expect(await store.createEntity(owner, { name: "Bot", kind: "user" })).toMatchObject({ isNew: true });
  const work = await store.createEntity(owner, { name: "bot", kind: "team", namespace: "work" });
  expect(work).toMatchObject({ isNew: true, entity: { kind: "team" } });
  expect(await store.findEntity(owner, { name: "bot" })).toEqual(first.entity);
  expect(await store.findEntity(owner, { name: "bot", namespace: "work" })).toEqual(work.entity);
  expect(await store.findEntity(owner, { name: "nobody" })).toBeUndefined();
});

test("32 parallel facts about a new entity make one entity and 32 memories", async () => {
  const facts = await Promise.all(Array.from({ length: 32 }, (_, n) => about("crowded", `is number ${n}`)));
  expect(new Set(facts.map(({ subjectId }) => subjectId)).size).toBe(1);
  expect(await store.stats(owner)).toMatchObject({ entities: 1, semantic: 32 });
});

test("parallel episodes that name the same new participants in different orders do not block each other", async () => {
  const names = Array.from({ length: 20 }, (_, n) => `name ${n}`);
  await Promise.all(
    Array.from({ length: 16 }, (_, n) =>
      store.startEpisode(owner, { participants: n % 2 ? names : names.toReversed() }),
    ),
  );
  expect(await store.stats(owner)).toMatchObject({ entities: 20 });
});

test("forgetting takes facts about the entity and turns by it or about it, and leaves the entity", async () => {
  const { subjectId } = await about("bob", "drinks tea");
  await about("bob", "owns a bicycle");
  await about("alice", "knows bob");
  const { id: episodeId } = await store.startEpisode(owner, { participants: ["alice"] });
  const turn = { episodeId, content: "hi", contentType: "text" as const };
  await store.observe(owner, { ...turn, sourceEntity: "bob", aboutEntity: "alice" });
  await store.observe(owner, { ...turn, sourceEntity: "alice", aboutEntity: "bob" });
  await store.observe(owner, { ...turn, sourceEntity: "alice", aboutEntity: "alice" });
  expect((await store.inspect(owner, { entity: "bob", limit: 50 })).memories).toHaveLength(4);
  expect(await store.forgetEntity(owner, { name: "bob" })).toEqual({ forgottenCount: 4, entityId: subjectId });
  expect(await store.inspect(owner, { entity: "bob", limit: 50 })).toEqual({ entityId: subjectId, memories: [] });
  expect(await store.forgetEntity(owner, { name: "bob" })).toEqual({ forgottenCount: 0, entityId: subjectId });
  expect(await store.forgetEntity(owner, { name: "nobody" })).toEqual({ forgottenCount: 0, entityId: undefined });
  expect(await store.stats(owner)).toMatchObject({ semantic: 1, episodic: 1 });
});

test("forgetting, inspecting and counting within a namespace leave the others alone; without one they cover all", async () => {
  await about("bob", "drinks tea");
  await about("bob", "drinks coffee", "work");
  await about("bob", "drinks water", "home");
  const contents = async (namespace?: string) =>
    (await store.inspect(owner, { entity: "bob", limit: 50, namespace })).memories.map(({ content }) => content);
  expect(await contents("work")).toEqual(["drinks coffee"]);
  expect(await contents()).toHaveLength(3);
  expect(await store.stats(owner, { namespace: "work" })).toMatchObject({ entities: 1, semantic: 1 });
  expect(await store.forgetEntity(owner, { name: "bob", namespace: "work" })).toMatchObject({ forgottenCount: 1 });
  expect(await contents("work")).toEqual([]);
  expect(await contents()).toHaveLength(2);
  expect(await store.forgetEntity(owner, { name: "bob" })).toMatchObject({ forgottenCount: 2 });
  expect(await store.stats(owner)).toEqual({ entities: 3, semantic: 0, episodic: 0, procedural: 0, observation: 0 });
});

test("inspecting lists turns before facts, each newest first, with one limit over both; browsing gives each type its own", async () => {
  const at = (n: number) => new Date(Date.UTC(2026, 0, 1, 0, n));
  const { id: episodeId } = await store.startEpisode(owner, { participants: ["bob"] }, at(0));
  for (const n of [1, 2]) {
    await store.remember(owner, { entity: "bob", fact: `fact ${n}`, confidence: 1 }, at(n + 10));
    await store.addMessage(owner, { episodeId, role: "bob", content: `turn ${n}` }, at(n));
  }
  const seen = async (input: { entity: string; limit: number; types?: ("semantic" | "episodic")[] }) =>
    (await store.inspect(owner, input)).memories.map(({ content }) => content);
  expect(await seen({ entity: "bob", limit: 50 })).toEqual(["turn 2", "turn 1", "fact 2", "fact 1"]);
  expect(await seen({ entity: "bob", limit: 3 })).toEqual(["turn 2", "turn 1", "fact 2"]);
  expect(await seen({ entity: "bob", limit: 3, types: ["semantic"] })).toEqual(["fact 2", "fact 1"]);
  expect(await seen({ entity: "", limit: 1 })).toEqual(["turn 2", "fact 2"]);
  expect(await seen({ entity: "nobody", limit: LIMIT_MAX + 1 })).toEqual([]);
});

test("deleting all takes every memory in every namespace and leaves entities and episodes usable", async () => {
  await about("bob", "drinks tea");
  await about("bob", "drinks coffee", "work");
  const { id } = await store.startEpisode(owner, { participants: ["bob"] });
  expect(await store.deleteAll(owner)).toBe(2);
  expect(await store.deleteAll(owner)).toBe(0);
  await store.addMessage(owner, { episodeId: id, role: "bob", content: "still here" });
  expect(await store.stats(owner)).toMatchObject({ entities: 2, episodic: 1 });
});
