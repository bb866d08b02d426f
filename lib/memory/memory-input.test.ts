import { beforeEach, expect, test } from "vitest";
import { db } from "#lib/db.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { BYTES_MAX, LIMIT_MAX, type Owner } from "./memory-store.ts";
import { memoryStore } from "./store.ts";

testDatabase();

const store = memoryStore();
let owner: Owner = { userId: "", writtenBy: "" };
let episodeId = "";
let memoryId = "";

beforeEach(async () => {
  owner = { userId: (await insertUser()).id, writtenBy: "key" };
  episodeId = (await store.startEpisode(owner, { participants: [] })).id;
  memoryId = (await store.remember(owner, { entity: "alice", fact: "drinks tea", confidence: 1 })).id;
});

type Field = { name: string; bytesMax: number; canBeEmpty: boolean; send: (text: string) => Promise<unknown> };

/** Every text that a method takes. */
const FIELDS: Field[] = [
  field("remember.entity", BYTES_MAX.name, (entity) => store.remember(owner, { entity, fact: "a b", confidence: 1 })),
  field("remember.fact", BYTES_MAX.content, (fact) => store.remember(owner, { entity: "a", fact, confidence: 1 })),
  field("createEntity.name", BYTES_MAX.name, (name) => store.createEntity(owner, { name, kind: "agent" })),
  field("startEpisode.participants", BYTES_MAX.name, (name) => store.startEpisode(owner, { participants: [name] })),
  field("addMessage.role", BYTES_MAX.name, (role) => store.addMessage(owner, { episodeId, role, content: "a" })),
  field("editMemory.content", BYTES_MAX.content, (content) => store.editMemory(owner, { id: memoryId, content })),
  field("observe.source", BYTES_MAX.name, (sourceEntity) => observe({ sourceEntity })),
  field("observe.about", BYTES_MAX.name, (aboutEntity) => observe({ aboutEntity })),
  optional("observe.content", BYTES_MAX.content, (content) => observe({ content })),
  optional("addMessage.content", BYTES_MAX.content, (content) =>
    store.addMessage(owner, { episodeId, role: "a", content }),
  ),
  optional("remember.namespace", BYTES_MAX.name, (namespace) =>
    store.remember(owner, { entity: "a", fact: "a b", confidence: 1, namespace }),
  ),
  optional("recall.query", BYTES_MAX.query, (query) => store.recall(owner, { query, limit: 5 })),
  optional("recall.entity", BYTES_MAX.name, (entity) => store.recall(owner, { query: "", limit: 5, entity })),
  optional("recall.namespace", BYTES_MAX.name, (namespace) => store.recall(owner, { query: "", limit: 5, namespace })),
  optional("inspect.entity", BYTES_MAX.name, (entity) => store.inspect(owner, { entity, limit: 5 })),
  optional("findEntity.name", BYTES_MAX.name, (name) => store.findEntity(owner, { name })),
  optional("forgetEntity.name", BYTES_MAX.name, (name) => store.forgetEntity(owner, { name })),
  optional("stats.namespace", BYTES_MAX.name, (namespace) => store.stats(owner, { namespace })),
];

function field(name: string, bytesMax: number, send: Field["send"]): Field {
  return { name, bytesMax, send, canBeEmpty: false };
}
function optional(name: string, bytesMax: number, send: Field["send"]): Field {
  return { name, bytesMax, send, canBeEmpty: true };
}
function observe(values: { content?: string; sourceEntity?: string; aboutEntity?: string }) {
  const base = { episodeId, content: "a", sourceEntity: "a", aboutEntity: "b", contentType: "text" as const };
  return store.observe(owner, { ...base, ...values });
}

const fitting = (bytes: number) => `${"\u{1F600}".repeat(bytes / 4)}`;

test.each(FIELDS)(
  "$name takes exactly $bytesMax bytes of UTF-8, multi-byte characters included",
  async ({ bytesMax, send }) => {
    await send(fitting(bytesMax));
    await send("x".repeat(bytesMax));
    for (const tooLong of [`${fitting(bytesMax)}x`, `${"x".repeat(bytesMax - 1)}é`]) {
      await expect(send(tooLong)).rejects.toMatchObject({
        code: "invalid_input",
        message: expect.stringContaining(`${bytesMax} bytes`),
      });
    }
  },
);

test.each(FIELDS)("$name refuses what cannot be stored, and says what to do", async ({ send, canBeEmpty }) => {
  for (const text of ["a\0b", "\0", "a\ud800b", "\udc00", "\udc00\ud800"]) {
    await expect(send(text)).rejects.toMatchObject({ code: "invalid_input", details: { field: expect.any(String) } });
  }
  if (canBeEmpty) await send("");
  else await expect(send("")).rejects.toMatchObject({ code: "invalid_input" });
});

test("a text of many bytes comes back unchanged", async () => {
  const fact = `says ${"日本語 🎉 é\u0301 \u200d \ufeff \u{10ffff}\u0001\u001f\u007f ".repeat(300)}`;
  const stored = await store.remember(owner, { entity: "ålice 🎉", fact, confidence: 1 });
  expect(await store.getMemory(owner, stored.id)).toMatchObject({ content: fact });
  expect(await store.findEntity(owner, { name: "ålice 🎉" })).toBeDefined();
});

test.each([-0.1, 1.1, Number.NaN, Number.POSITIVE_INFINITY])("the confidence %d is refused", async (confidence) => {
  const refused = { code: "invalid_input" };
  await expect(store.remember(owner, { entity: "a", fact: "a b", confidence })).rejects.toMatchObject(refused);
  await expect(store.editMemory(owner, { id: memoryId, confidence })).rejects.toMatchObject(refused);
  await expect(store.recall(owner, { query: "", limit: 1, minConfidence: confidence })).rejects.toMatchObject(refused);
});

test.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("the limit %d is refused", async (limit) => {
  const refused = { code: "invalid_input" };
  await expect(store.recall(owner, { query: "", limit })).rejects.toMatchObject(refused);
  await expect(store.inspect(owner, { entity: "", limit })).rejects.toMatchObject(refused);
});

test("a limit of 0 gives nothing and a huge one is cut", async () => {
  expect(await store.recall(owner, { query: "", limit: 0 })).toEqual([]);
  expect(await store.inspect(owner, { entity: "alice", limit: 0 })).toMatchObject({ memories: [] });
  expect(await store.recall(owner, { query: "tea", limit: Number.MAX_SAFE_INTEGER })).toHaveLength(1);
});

test("more participants than an episode can have are refused", async () => {
  const participants = Array.from({ length: LIMIT_MAX + 1 }, (_, n) => `name ${n}`);
  await expect(store.startEpisode(owner, { participants })).rejects.toMatchObject({ code: "invalid_input" });
});

test("what is refused leaves nothing behind, not even its entity", async () => {
  const before = await db().entity.count({ where: { userId: owner.userId } });
  await expect(store.remember(owner, { entity: "new", fact: "a\0b", confidence: 1 })).rejects.toBeDefined();
  const unknown = { episodeId: crypto.randomUUID(), role: "new", content: "a" };
  await expect(store.addMessage(owner, unknown)).rejects.toBeDefined();
  expect(await db().entity.count({ where: { userId: owner.userId } })).toBe(before);
});
