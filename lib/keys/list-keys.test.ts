import { afterAll, beforeAll, expect, test } from "vitest";
import type { Actor } from "#lib/audit/actor.ts";
import { db } from "#lib/db.ts";
import { closeAcknowledgements } from "#lib/events/acknowledgements.ts";
import { newId } from "#lib/ids.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { createKey } from "./create-key.ts";
import { listKeys } from "./list-keys.ts";
import { revokeKey } from "./revoke-key.ts";
import { rotateKey } from "./rotate-key.ts";
import { listKeysSchema } from "./schemas.ts";

testDatabase();
afterAll(closeAcknowledgements);

const START = new Date("2027-03-01T00:00:00.000Z");
const at = (minutes: number) => new Date(START.getTime() + minutes * 60_000);
const NOW = at(60 * 24);
const list = (actor: Actor, input: object = {}) => listKeys(actor, listKeysSchema.parse(input), NOW);
const makeActor = async (): Promise<Actor> => ({
  kind: "command_line",
  userId: (await insertUser()).id,
  isAdministrator: false,
});
const create = (actor: Actor, name: string, minutes: number) =>
  createKey(actor, { name, scope: "mcp", expiry: { kind: "never" } }, at(minutes));

let owner: Actor;
beforeAll(async () => {
  owner = await makeActor();
  const a = await create(owner, "alpha", 1);
  await create(owner, "beta_100%", 2);
  const c = await create(owner, "gamma", 3);
  await create(owner, "delta", 4);
  await revokeKey(owner, { keyId: c.key.id }, at(5));
  const second = await rotateKey(owner, { keyId: a.key.id, gracePeriodSeconds: 3 * 24 * 3600 }, at(10));
  await create(owner, "epsilon", 11);
  await rotateKey(owner, { keyId: second.key.id, gracePeriodSeconds: 3 * 24 * 3600 }, at(12));
  await create(owner, "zeta", 13);
});

test("keys in grace stand right below the key that replaced them, through two rotations", async () => {
  const { keys } = await list(owner);
  expect(keys.map((key) => [key.name, key.state])).toEqual([
    ["zeta", "active"],
    ["alpha", "active"],
    ["alpha", "in_grace"],
    ["alpha", "in_grace"],
    ["epsilon", "active"],
    ["delta", "active"],
    ["gamma", "revoked"],
    ["beta_100%", "active"],
  ]);
  expect(keys[2]?.id).toBe(keys[1]?.predecessorId);
  expect(keys[3]?.id).toBe(keys[2]?.predecessorId);
});

test("counts and filters agree", async () => {
  expect((await list(owner)).counts).toEqual({ all: 8, inUse: 7, ended: 1 });
  expect((await list(owner, { filter: "ended" })).keys.map((key) => key.name)).toEqual(["gamma"]);
  expect((await list(owner, { filter: "in_use" })).keys).toHaveLength(7);
});

test("the search finds names, first characters and a pasted whole key, takes % and _ literally, and survives NUL", async () => {
  const { plaintext } = await create(owner, "search me", 20);
  expect((await list(owner, { query: "SEARCH" })).keys.map((key) => key.name)).toEqual(["search me"]);
  expect((await list(owner, { query: plaintext })).keys.map((key) => key.name)).toContain("search me");
  expect((await list(owner, { query: "_100%" })).keys.map((key) => key.name)).toEqual(["beta_100%"]);
  expect((await list(owner, { query: "nothing\u0000" })).keys).toEqual([]);
  expect((await list(owner, { query: "%" })).counts.all).toBe(1);
});

test("nobody sees another user's keys, with any filter, search or cursor", async () => {
  const stranger = await makeActor();
  const many = await makeActor();
  await insertMany(many.userId, 60);
  const { nextCursor } = await list(many);
  for (const input of [{}, { filter: "ended" }, { query: "k" }, { cursor: nextCursor }]) {
    expect(await list(stranger, input)).toMatchObject({ keys: [], counts: { all: 0 } });
  }
});

test.each(["desc", "asc"])("1,204 keys are paged completely, each once, forwards and back (%s)", async (order) => {
  const actor = await makeActor();
  await insertMany(actor.userId, 1204);
  const forwards: string[] = [];
  const pages: string[][] = [];
  let cursor: string | undefined;
  do {
    const page = await list(actor, { order, cursor });
    pages.push(page.keys.map((key) => key.id));
    forwards.push(...page.keys.map((key) => key.id));
    cursor = page.nextCursor;
  } while (cursor);
  expect(forwards).toHaveLength(1204);
  expect(new Set(forwards).size).toBe(1204);
  const third = await list(actor, {
    order,
    cursor: (await list(actor, { order, cursor: (await list(actor, { order })).nextCursor })).nextCursor,
  });
  expect(third.keys.map((key) => key.id)).toEqual(pages[2]);
  const second = await list(actor, { order, cursor: third.previousCursor });
  expect(second.keys.map((key) => key.id)).toEqual(pages[1]);
  const first = await list(actor, { order, cursor: second.previousCursor });
  expect(first.keys.map((key) => key.id)).toEqual(pages[0]);
  expect(first.previousCursor).toBeUndefined();
});

test.each([
  "",
  "x",
  "eyJ9",
  Buffer.from('{"direction":"next","sort":"x"}').toString("base64url"),
  "'; DROP TABLE users;--",
])("the cursor %j starts at the first page instead of failing", async (cursor) => {
  expect((await list(owner, { cursor })).keys[0]?.name).toBe((await list(owner)).keys[0]?.name);
});

test("keys are sorted by last use, those never used last", async () => {
  const actor = await makeActor();
  const [a, b, c] = [await create(actor, "a", 1), await create(actor, "b", 2), await create(actor, "c", 3)];
  await db().apiKey.update({ where: { id: a.key.id }, data: { lastUsedAt: at(100) } });
  await db().apiKey.update({ where: { id: c.key.id }, data: { lastUsedAt: at(50) } });
  expect((await list(actor, { sort: "last_used" })).keys.map((key) => key.id)).toEqual([a.key.id, c.key.id, b.key.id]);
});

/** Equal creation times on purpose: the order must still be total. */
async function insertMany(userId: string, count: number): Promise<void> {
  await db().apiKey.createMany({
    data: Array.from({ length: count }, (_, index) => ({
      id: newId(),
      userId,
      name: `k${index}`,
      hash: crypto.getRandomValues(new Uint8Array(32)),
      prefix: "psy_aaaa",
      scope: "mcp",
      createdAt: at(Math.floor(index / 7)),
    })),
  });
}
