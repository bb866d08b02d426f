import { afterAll, beforeAll, expect, test } from "vitest";
import type { Actor } from "#lib/audit/actor.ts";
import { db } from "#lib/db.ts";
import { closeAcknowledgements } from "#lib/events/acknowledgements.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { createKey } from "./create-key.ts";
import { endingGrace } from "./ending-grace.ts";
import { keyHistory } from "./key-history.ts";
import { readKeyUse } from "./key-use.ts";
import { revokeKey } from "./revoke-key.ts";
import { rotateKey } from "./rotate-key.ts";

testDatabase();
afterAll(closeAcknowledgements);

const NOW = new Date("2027-03-01T12:00:00.000Z");
const HOUR_MS = 3_600_000;
const ago = (hours: number) => new Date(NOW.getTime() - hours * HOUR_MS);

let owner: Actor;
let stranger: Actor;
beforeAll(async () => {
  owner = { kind: "command_line", userId: (await insertUser()).id, isAdministrator: false };
  stranger = { kind: "command_line", userId: (await insertUser()).id, isAdministrator: false };
});

const create = (name: string, now = ago(100)) =>
  createKey(owner, { name, scope: "mcp", expiry: { kind: "never" } }, now).then(({ key }) => key.id);
const see = (keyId: string, client: string, lastSeenAt: Date) =>
  db().keySighting.create({
    data: { keyId, client, address: "192.0.2.1", firstSeenAt: ago(90), lastSeenAt, requests: 2 },
  });

test("the use of a key says who used it lately, how often, and whether revoking asks for its name", async () => {
  const id = await create("used");
  expect(await readKeyUse(owner, { keyId: id }, NOW)).toMatchObject({
    sightings: [],
    recent: [],
    mustTypeName: false,
    handOver: undefined,
    requests: 0,
    operation: undefined,
  });
  await see(id, "curl/8.9", ago(23));
  await see(id, "old/1", ago(25));
  await db().apiKey.update({ where: { id }, data: { lastUsedAt: ago(23) } });
  const bucket = { userId: owner.userId, credentialId: id, operation: "recall" };
  await db().usageBucket.create({ data: { ...bucket, hour: ago(2), requests: 5, refused: 1 } });
  await db().usageBucket.create({ data: { ...bucket, hour: ago(31 * 24), requests: 900 } });
  const use = await readKeyUse(owner, { keyId: id }, NOW);
  expect(use.sightings.map(({ client }) => client)).toEqual(["curl/8.9", "old/1"]);
  expect(use.recent.map(({ client }) => client)).toEqual(["curl/8.9"]);
  expect(use).toMatchObject({ mustTypeName: true, requests: 5, refused: 1, operation: "recall", readAt: NOW });
});

test("another's key has no use and no history", async () => {
  const id = await create("mine");
  await expect(readKeyUse(stranger, { keyId: id }, NOW)).rejects.toMatchObject({ code: "key_not_found" });
  expect(await keyHistory(stranger, [id])).toEqual([]);
});

test("the history of a key holds the rotation that made it, newest first", async () => {
  const id = await create("rotated");
  const { key } = await rotateKey(owner, { keyId: id, gracePeriodSeconds: 0 }, ago(50));
  const { receipt } = await revokeKey(owner, { keyId: key.id }, ago(40));
  const rows = await keyHistory(owner, [key.id, id]);
  expect(rows.map(({ action }) => action)).toEqual(["key.revoked", "key.rotated", "key.created"]);
  // What the gateways answered stays in it.
  const { milliseconds } = receipt;
  const kept = { acknowledged: 0, of: 0, milliseconds, silent: [] };
  expect(rows.map((row) => row.receipt)).toEqual([kept, undefined, undefined]);
});

test("of old keys in grace, the one that ends next and is still used needs attention", async () => {
  expect(await endingGrace(owner, NOW)).toBeUndefined();
  const [unused, later, sooner] = [await create("unused"), await create("later"), await create("sooner")];
  for (const [keyId, hours] of [
    [unused, 20],
    [later, 40],
    [sooner, 30],
  ] as const)
    await rotateKey(owner, { keyId, gracePeriodSeconds: hours * 3600 }, ago(10));
  await see(later, "curl/8.9", ago(1));
  await see(sooner, "curl/8.9", ago(1));
  await see(unused, "curl/8.9", ago(11));
  expect(await endingGrace(owner, NOW)).toMatchObject({ key: { id: sooner, state: "in_grace" }, clients: 1 });
  expect(await endingGrace(stranger, NOW)).toBeUndefined();
  await revokeKey(owner, { keyId: sooner }, NOW);
  expect((await endingGrace(owner, NOW))?.key.id).toBe(later);
});
