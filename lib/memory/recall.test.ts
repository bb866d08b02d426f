import { beforeEach, expect, test } from "vitest";
import { db } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import type { Owner, RecallInput } from "./memory-store.ts";
import { memoryStore } from "./store.ts";

testDatabase();

const store = memoryStore();
let owner: Owner = { userId: "", writtenBy: "" };
let minute = 0;

beforeEach(async () => {
  owner = { userId: (await insertUser()).id, writtenBy: "key" };
  minute = 0;
});

/** Each fact a minute after the one before. */
async function remember(...facts: string[]) {
  for (const fact of facts) await rememberAbout("alice", fact);
}

async function rememberAbout(entity: string, fact: string, more: { confidence?: number; namespace?: string } = {}) {
  minute += 1;
  const at = new Date(Date.UTC(2026, 0, 1, 0, minute));
  return store.remember(owner, { entity, fact, confidence: 1, ...more }, at);
}

async function recalled(query: string, more: Partial<RecallInput> = {}) {
  const found = await store.recall(owner, { query, limit: 5, ...more });
  return found.map(({ memory, reason }) => `${reason}: ${memory.content}`);
}

test("a word is found by its stem", async () => {
  await remember("prefers tea", "she runs every morning", "owns a bicycle");
  expect((await recalled("running"))[0]).toBe("matches: she runs every morning");
});

test.each([
  ["prefernces", "has many preferences about tea"],
  ["databse", "keeps a database"],
  ["meetng", "hates a long meeting"],
  ["freind", "visits a friend"],
  ["recieved", "will receive a parcel"],
  ["Pyhton", "writes python"],
])("a mistyped word is found by what it looks like: %s", async (query, fact) => {
  await remember(fact, "owns a bicycle", "plays chess");
  const found = await store.recall(owner, { query, limit: 3 });
  expect(found[0]).toMatchObject({ reason: "like", memory: { content: fact } });
  expect(found[0]?.score).toBeGreaterThan(0.15);
  expect(found[1]?.score).toBeLessThan(0.15);
});

test.each([
  ["东京", "lives 我住在东京市中心"],
  ["你喜欢喝咖啡吗", "says 他每天早上喝咖啡"],
  ["กาแฟ", "says ฉันชอบดื่มกาแฟทุกเช้า"],
])("scripts without spaces are found by pairs of letters: %s", async (query, fact) => {
  await remember(fact, "says 今天天气很好", "owns a bicycle");
  expect((await recalled(query))[0]).toBe(`like: ${fact}`);
});

test("a part of a word is found while the word itself is nowhere", async () => {
  await remember("deploys to kubernetes", "owns a bicycle");
  expect((await recalled("kube"))[0]).toBe("like: deploys to kubernetes");
});

test("more words never find less, and what has more of them comes first", async () => {
  await remember("likes dark chocolate", "prefers dark mode", "owns a bicycle");
  const one = (await recalled("dark")).filter((line) => line.startsWith("matches"));
  const more = await recalled("dark mode unheardof bicycle");
  for (const line of one) expect(more).toContain(line);
  expect(more[0]).toBe("matches: prefers dark mode");
  expect(more).toContain("matches: owns a bicycle");
});

test.each(["", "*", "  ", " * "])("the query %j lists the newest first", async (query) => {
  await remember("first one", "second one", "third one");
  expect(await recalled(query, { limit: 2 })).toEqual(["recent: third one", "recent: second one"]);
});

test("of equal matches the newer comes first", async () => {
  await remember("drinks green tea", "drinks black tea");
  expect(await recalled("tea")).toEqual(["matches: drinks black tea", "matches: drinks green tea"]);
});

test("of equal matches of one instant the surer comes first", async () => {
  const at = new Date();
  for (const [object, confidence] of [
    ["green", 0.4],
    ["black", 0.9],
    ["white", 0.1],
  ] as const) {
    await store.remember(owner, { entity: "alice", fact: `drinks ${object} tea`, confidence }, at);
  }
  expect((await recalled("tea"))[0]).toBe("matches: drinks black tea");
});

test("what matches comes before everything that is merely newer", async () => {
  await remember("drinks tea", ...Array.from({ length: 12 }, (_, n) => `noted item ${n}`));
  const found = await recalled("tea");
  expect(found[0]).toBe("matches: drinks tea");
  expect(found[1]).toBe("recent: noted item 11");
  expect(found).toHaveLength(5);
});

test("the entity is a preference: its memories come first, others still appear, an unknown one changes nothing", async () => {
  await rememberAbout("bob", "drinks tea");
  await rememberAbout("alice", "drinks tea too");
  await rememberAbout("bob", "owns a bicycle");
  const preferred = await recalled("tea", { entity: "bob" });
  expect(preferred.slice(0, 2)).toEqual(["matches: drinks tea", "matches: drinks tea too"]);
  expect(await recalled("tea", { entity: "nobody" })).toEqual(await recalled("tea"));
  expect((await recalled("", { entity: "bob" })).at(-1)).toBe("recent: drinks tea too");
});

test("a crowd of other entities' matches does not hide the entity's own", async () => {
  const bob = await rememberAbout("bob", "once had some tea during a rather long and tiring journey");
  const crowd = await store.createEntity(owner, { name: "crowd", kind: "team" });
  const template = { userId: owner.userId, namespace: "default", type: "semantic", entityId: crowd.entity.id };
  await db().memory.createMany({
    data: Array.from({ length: 300 }, (_, n) => {
      return { ...template, id: newId(), predicate: "drinks", object: `tea ${n}`, content: `drinks tea ${n}` };
    }),
  });
  const found = await store.recall(owner, { query: "tea", entity: "bob", limit: 20 });
  expect(found.map(({ memory }) => memory.id)).toContain(bob.id);
});

test("a namespace narrows a read, and a read without one covers all", async () => {
  await rememberAbout("alice", "drinks tea");
  await rememberAbout("alice", "drinks coffee", { namespace: "work" });
  expect(await recalled("drinks", { namespace: "work" })).toEqual(["matches: drinks coffee"]);
  expect(await recalled("drinks", { namespace: "default" })).toEqual(["matches: drinks tea"]);
  expect(await recalled("drinks", { namespace: "nowhere" })).toEqual([]);
  expect(await recalled("drinks")).toHaveLength(2);
  expect(await recalled("drinks", { namespace: "" })).toHaveLength(2);
});

test("types and least confidence filter before the limit", async () => {
  await rememberAbout("alice", "drinks tea", { confidence: 0.2 });
  const episode = await store.startEpisode(owner, { participants: ["alice"] });
  await store.addMessage(owner, { episodeId: episode.id, role: "alice", content: "tea please" });
  await rememberAbout("alice", "drinks old tea", { confidence: 0.9 });
  expect(await recalled("tea", { types: ["episodic"], limit: 1 })).toEqual(["matches: tea please"]);
  expect(await recalled("tea", { types: ["semantic"], minConfidence: 0.5, limit: 1 })).toEqual([
    "matches: drinks old tea",
  ]);
  expect(await recalled("tea", { types: ["procedural"] })).toEqual([]);
  expect(await recalled("tea", { types: [] })).toEqual([]);
  expect(await recalled("", { types: ["episodic"] })).toEqual(["recent: tea please"]);
});

test.each([
  "it's 'quoted' & | ! <-> :* \\ ( )",
  "%_' OR true; --",
  "https://a.example/?a=1&b=2 user@example.org foo-bar C:\\x",
  "\u{1F600}\u{1F468}\u200d\u{1F469}",
  "<b>bold</b> & entity",
  "a".repeat(4096),
  "word ".repeat(800),
  Array.from({ length: 8 }, (_, n) => `${n}abcdefghijklmnopqrstuvwxyz`.repeat(18)).join(" "),
  Array.from({ length: 600 }, (_, n) => `w${n}`).join(" "),
])("any text is a query: %j", async (query) => {
  await remember("writes to user@example.org about foo-bar");
  expect(await store.recall(owner, { query, limit: 5 })).toHaveLength(1);
});

test("addresses and compound words find the memory that contains them", async () => {
  await remember("writes to user@example.org", "reads https://a.example/x?a=1&b=2 daily", "owns a well-known bicycle");
  expect((await recalled("user@example.org"))[0]).toBe("matches: writes to user@example.org");
  expect((await recalled("https://a.example/x?a=1&b=2"))[0]).toMatch(/^matches: reads/);
  expect((await recalled("well-known"))[0]).toMatch(/^matches: owns/);
});

test("the same recall of the same memories gives the same answer, with scores that fall", async () => {
  await remember("drinks tea", "drinks dark tea", "runs in the dark", "owns a bicycle");
  const first = await store.recall(owner, { query: "dark tea", limit: 10 });
  const second = await store.recall(owner, { query: "dark tea", limit: 10 });
  expect(second.map(({ memory, score }) => [memory.id, score])).toEqual(
    first.map(({ memory, score }) => [memory.id, score]),
  );
  const scores = first.map(({ score }) => score);
  expect(scores).toEqual(scores.toSorted((a, b) => b - a));
});

test("a recall counts as an access of what it returned, and of nothing else", async () => {
  await remember("drinks tea", "owns a bicycle");
  const now = new Date("2026-03-01T12:00:00Z");
  await store.recall(owner, { query: "tea", limit: 1 }, now);
  const rows = await db().memory.findMany({ where: { userId: owner.userId }, orderBy: { createdAt: "asc" } });
  expect(rows.map(({ accessCount, lastAccessedAt }) => [accessCount, lastAccessedAt])).toEqual([
    [1, now],
    [0, null],
  ]);
});

test("ten parallel recalls of the same memories all answer", async () => {
  await remember(...Array.from({ length: 20 }, (_, n) => `drinks tea ${n}`));
  const answers = await Promise.all(Array.from({ length: 10 }, () => store.recall(owner, { query: "tea", limit: 20 })));
  expect(answers.map((answer) => answer.length)).toEqual(Array.from({ length: 10 }, () => 20));
});

test("grouped recall gathers the turns of an episode in the order of time, and leaves facts alone", async () => {
  const at = (n: number) => new Date(Date.UTC(2026, 5, 1, 12, n));
  const early = await store.startEpisode(owner, { participants: ["alice"] }, at(0));
  const late = await store.startEpisode(owner, { participants: ["alice"] }, at(10));
  const say = (id: string, content: string, n: number) =>
    store.addMessage(owner, { episodeId: id, role: "alice", content }, at(n));
  await say(early.id, "some tea", 1);
  await say(late.id, "tea tea tea", 11);
  await say(early.id, "more tea", 2);
  const fact = await rememberAbout("alice", "drinks tea");
  const input = { query: "tea", limit: 50 };
  const groups = await store.recallGrouped(owner, { ...input, order: "chronological" });
  expect(groups.map((group) => [group.sessionId, group.memories.map(({ memory }) => memory.content)])).toEqual([
    [undefined, ["drinks tea"]],
    [early.id, ["some tea", "more tea"]],
    [late.id, ["tea tea tea"]],
  ]);
  expect(groups[0]?.sessionTime).toEqual(fact.createdAt);
  for (const group of groups) expect(group.score).toBe(Math.max(...group.memories.map(({ score }) => score)));
  const best = await store.recallGrouped(owner, { ...input, order: "relevance", maxGroups: 1 });
  expect(best).toHaveLength(1);
  expect(best[0]?.score).toBe(Math.max(...groups.map(({ score }) => score)));
});
