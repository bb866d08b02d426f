import { expect, test } from "vitest";
import { db } from "#lib/db.ts";
import { isDomainError } from "#lib/errors.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import type { MemoryStore, Owner } from "./memory-store.ts";
import { memoryStore } from "./store.ts";

testDatabase();

const SECRET = "zebracorn";
const store = memoryStore();

type Victim = { owner: Owner; memoryId: string; episodeId: string; entityId: string };
type Attempt = (attacker: Owner, victim: Victim) => Promise<unknown>;

/** Every method of the interface, called with another user's ids and names. A new method does not compile without a line. */
const ATTEMPTS: Record<keyof MemoryStore, Attempt> = {
  recall: (attacker) => store.recall(attacker, { query: SECRET, entity: SECRET, limit: 100, namespace: SECRET }),
  recallGrouped: (attacker) =>
    store.recallGrouped(attacker, { query: SECRET, entity: SECRET, limit: 100, order: "relevance" }),
  remember: (attacker) => store.remember(attacker, { entity: "alice", fact: "is mine", confidence: 1 }),
  observe: (attacker, { episodeId }) =>
    store.observe(attacker, { episodeId, content: "x", sourceEntity: "a", aboutEntity: "b", contentType: "text" }),
  createEntity: (attacker) => store.createEntity(attacker, { name: "alice", kind: "tool" }),
  findEntity: (attacker) => store.findEntity(attacker, { name: SECRET, namespace: SECRET }),
  forgetEntity: (attacker) => store.forgetEntity(attacker, { name: "alice" }),
  getMemory: (attacker, { memoryId }) => store.getMemory(attacker, memoryId),
  editMemory: (attacker, { memoryId }) => store.editMemory(attacker, { id: memoryId, confidence: 0.1 }),
  deleteMemory: (attacker, { memoryId }) => store.deleteMemory(attacker, memoryId),
  deleteAll: (attacker) => store.deleteAll(attacker),
  stats: (attacker) => store.stats(attacker, { namespace: SECRET }),
  inspect: (attacker) => store.inspect(attacker, { entity: "", limit: 100 }),
  startEpisode: (attacker) => store.startEpisode(attacker, { participants: ["alice"] }),
  addMessage: (attacker, { episodeId }) => store.addMessage(attacker, { episodeId, role: "alice", content: "x" }),
  endEpisode: (attacker, { episodeId }) => store.endEpisode(attacker, { episodeId, outcome: "failure" }),
};
/** Methods that take an id: somebody else's is refused like one that does not exist. */
const TAKES_ID: readonly (keyof MemoryStore)[] = [
  "observe",
  "getMemory",
  "editMemory",
  "deleteMemory",
  "addMessage",
  "endEpisode",
];

async function makeVictim(): Promise<Victim> {
  const owner = { userId: (await insertUser()).id, writtenBy: "key" };
  const fact = { entity: "alice", fact: `${SECRET} likes ${SECRET}`, confidence: 1 };
  const memory = await store.remember(owner, fact);
  await store.remember(owner, { ...fact, entity: SECRET, namespace: SECRET });
  const episode = await store.startEpisode(owner, { participants: ["alice", SECRET] });
  await store.addMessage(owner, { episodeId: episode.id, role: "alice", content: `${SECRET} said` });
  return { owner, memoryId: memory.id, episodeId: episode.id, entityId: memory.subjectId };
}

async function everythingOf({ userId }: Owner) {
  const where = { userId };
  return {
    entities: await db().entity.findMany({ where, orderBy: { id: "asc" } }),
    episodes: await db().episode.findMany({ where, orderBy: { id: "asc" } }),
    memories: await db().memory.findMany({ where, orderBy: { id: "asc" } }),
  };
}

async function outcomeOf(attempt: Promise<unknown>): Promise<unknown> {
  try {
    return await attempt;
  } catch (error) {
    if (!isDomainError(error)) throw error;
    return { code: error.code, message: error.message };
  }
}

test("the attempts cover every method that the store has", () => {
  expect(Object.keys(ATTEMPTS).sort()).toEqual(Object.keys(store).sort());
});

test.each(Object.entries(ATTEMPTS))(
  "attack 10: %s with another user's ids shows and changes nothing of theirs",
  async (name, attempt) => {
    const victim = await makeVictim();
    const attacker = { userId: (await insertUser()).id, writtenBy: "key" };
    const before = await everythingOf(victim.owner);
    const outcome = await outcomeOf(attempt(attacker, victim));
    expect(await everythingOf(victim.owner)).toEqual(before);
    const foreign = [...before.entities, ...before.memories, ...before.episodes].map(({ id }) => id);
    const said = JSON.stringify(outcome ?? null).replaceAll(victim.episodeId, "the id that was asked for");
    for (const secret of [SECRET, ...foreign]) expect(said).not.toContain(secret);
    if (TAKES_ID.some((method) => method === name)) expect(outcome).toMatchObject({ code: "not_found" });
  },
);

test.each(TAKES_ID)("attack 10: %s answers another user's id and an unknown id alike", async (name) => {
  const victim = await makeVictim();
  const attacker = { userId: (await insertUser()).id, writtenBy: "key" };
  const unknown = { ...victim, memoryId: crypto.randomUUID(), episodeId: crypto.randomUUID() };
  const words = (outcome: unknown, { episodeId }: Victim) => JSON.stringify(outcome).replaceAll(episodeId, "id");
  expect(words(await outcomeOf(ATTEMPTS[name](attacker, victim)), victim)).toBe(
    words(await outcomeOf(ATTEMPTS[name](attacker, unknown)), unknown),
  );
  const malformed = { ...victim, memoryId: "1' OR true --", episodeId: "1' OR true --" };
  expect(await outcomeOf(ATTEMPTS[name](attacker, malformed))).toMatchObject({ code: "not_found" });
});

test("users with the same names have their own entities, memories and counts; deleting all takes only one's own", async () => {
  const one = await makeVictim();
  const other = await makeVictim();
  expect(one.entityId).not.toBe(other.entityId);
  expect(await store.deleteAll(one.owner)).toBe(3);
  expect(await store.stats(one.owner)).toMatchObject({ semantic: 0, episodic: 0 });
  expect(await store.stats(other.owner)).toMatchObject({ semantic: 2, episodic: 1 });
  expect(await store.recall(other.owner, { query: SECRET, limit: 10 })).toHaveLength(3);
  expect(await store.forgetEntity(other.owner, { name: "alice" })).toMatchObject({ forgottenCount: 2 });
});
