import { beforeEach, expect, test } from "vitest";
import { insertUser, testDatabase } from "#test/database.ts";
import type { Owner } from "./memory-store.ts";
import { memoryStore } from "./store.ts";

testDatabase();

const store = memoryStore();
let owner: Owner = { userId: "", writtenBy: "" };

beforeEach(async () => {
  owner = { userId: (await insertUser()).id, writtenBy: "key" };
});

test("an episode keeps its participants in order and makes their entities", async () => {
  const now = new Date("2026-02-03T04:05:06.789Z");
  const episode = await store.startEpisode(owner, { participants: ["user", "assistant", "user"] }, now);
  expect(episode).toMatchObject({
    participants: ["user", "assistant", "user"],
    startedAt: now,
    namespace: "default",
  });
  expect(await store.stats(owner)).toMatchObject({ entities: 2 });
  expect((await store.startEpisode(owner, { participants: [] })).participants).toEqual([]);
});

test("an observation round-trips with its entities and its content type", async () => {
  const { id: episodeId } = await store.startEpisode(owner, { participants: [] });
  const now = new Date("2026-02-03T04:05:06.789Z");
  const observed = await store.observe(
    owner,
    { episodeId, content: "exit 1", sourceEntity: "shell", aboutEntity: "build", contentType: "tool_output" },
    now,
  );
  const shell = await store.findEntity(owner, { name: "shell" });
  const build = await store.findEntity(owner, { name: "build" });
  expect(observed).toMatchObject({
    type: "episodic",
    episodeId,
    content: "exit 1",
    contentType: "tool_output",
    confidence: 1,
    createdAt: now,
    sourceEntityId: shell?.id,
    aboutEntityId: build?.id,
  });
  expect(await store.getMemory(owner, observed.id)).toEqual(observed);
});

test("the role of a message is whom it is by and about; an empty message is stored", async () => {
  const { id: episodeId } = await store.startEpisode(owner, { participants: ["user"] });
  const message = await store.addMessage(owner, { episodeId, role: "user", content: "" });
  expect(message.sourceEntityId).toBe(message.aboutEntityId);
  expect((await store.inspect(owner, { entity: "user", limit: 5 })).memories).toEqual([message]);
});

test("ending counts the memories of that episode only, and can be repeated", async () => {
  const one = await store.startEpisode(owner, { participants: [] });
  const other = await store.startEpisode(owner, { participants: [] });
  await store.addMessage(owner, { episodeId: one.id, role: "user", content: "one" });
  await store.addMessage(owner, { episodeId: one.id, role: "user", content: "two" });
  await store.addMessage(owner, { episodeId: other.id, role: "user", content: "three" });
  await store.remember(owner, { entity: "user", fact: "has facts", confidence: 1 });
  const now = new Date("2026-02-03T04:05:06.789Z");
  const ended = await store.endEpisode(owner, { episodeId: one.id, outcome: "partial" }, now);
  expect(ended).toEqual({ id: one.id, outcome: "partial", endedAt: now, memoriesCreated: 2 });
  await store.addMessage(owner, { episodeId: one.id, role: "user", content: "late" });
  expect(await store.endEpisode(owner, { episodeId: one.id, outcome: "success" })).toMatchObject({
    outcome: "success",
    memoriesCreated: 3,
  });
});

test("what belongs to an episode lives in the episode's namespace", async () => {
  const { id: episodeId } = await store.startEpisode(owner, { participants: ["user"], namespace: "work" });
  const message = await store.addMessage(owner, { episodeId, role: "user", content: "hello" });
  expect(message.namespace).toBe("work");
  expect(await store.stats(owner, { namespace: "default" })).toMatchObject({ entities: 0, episodic: 0 });
  expect(await store.stats(owner, { namespace: "work" })).toMatchObject({ entities: 1, episodic: 1 });
});

test("an unknown episode is named in the words by which agents recognise it", async () => {
  const episodeId = crypto.randomUUID();
  const attempt = store.addMessage(owner, { episodeId, role: "user", content: "hello" });
  await expect(attempt).rejects.toMatchObject({
    code: "not_found",
    message: expect.stringContaining(`Episode not found: ${episodeId}`),
  });
});
