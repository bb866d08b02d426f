import { beforeAll, describe, expect, test } from "vitest";
import { inTransaction } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { createKey } from "#lib/keys/create-key.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import type { Actor } from "./actor.ts";
import { ACTIVITY_PAGE_SIZE, listAudit } from "./list-audit.ts";
import { recordAudit } from "./record-audit.ts";

testDatabase();
const NOON = Date.UTC(2026, 10, 24, 12);
const MINUTE = 60_000;

function actorOf(user: { id: string }): Actor {
  return { kind: "user", userId: user.id, isAdministrator: false, address: "192.0.2.7", userAgent: "Test/1" };
}

async function leaveRows(actor: Actor, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const target = { type: "key", id: newId(), name: `key ${index}` } as const;
    // Pairs share an instant, so that the order also depends on the id.
    const at = new Date(NOON + Math.floor(index / 2) * MINUTE);
    await inTransaction((tx) => recordAudit(tx, actor, { action: "key.created", target }, at));
  }
}

describe("a user's activity", () => {
  let actor: Actor;
  const total = 2 * ACTIVITY_PAGE_SIZE + 5;
  beforeAll(async () => {
    actor = actorOf(await insertUser());
    await leaveRows(actor, total);
  });

  test("walking to older pages passes every row once, newest first", async () => {
    const names: (string | null)[] = [];
    let before: string | undefined;
    do {
      const page = await listAudit(actor, { before });
      names.push(...page.rows.map((row) => row.targetName));
      expect(page.rows.length).toBeLessThanOrEqual(ACTIVITY_PAGE_SIZE);
      before = page.olderThan;
    } while (before);
    expect(names).toEqual(Array.from({ length: total }, (_, index) => `key ${total - 1 - index}`));
  });

  test("newer leads back to where one came from, and ends at the first page", async () => {
    const first = await listAudit(actor);
    expect(first.newerThan).toBeUndefined();
    const second = await listAudit(actor, { before: first.olderThan });
    const back = await listAudit(actor, { after: second.newerThan });
    expect(back.rows).toEqual(first.rows);
    expect(back.newerThan).toBeUndefined();
    expect(back.olderThan).toBe(first.olderThan);
  });

  test("the row says who, what, where from", async () => {
    const [row] = (await listAudit(actor)).rows;
    expect(row).toMatchObject({ action: "key.created", actorKind: "user", address: "192.0.2.7", userAgent: "Test/1" });
  });

  test("a key is named by its first characters too, if it is the actor's", async () => {
    const [mine, other] = [actorOf(await insertUser()), actorOf(await insertUser())];
    const { key } = await createKey(mine, {
      name: "ci",
      scope: "mcp:read",
      expiry: { kind: "never" },
      idempotencyKey: newId(),
    });
    const [row] = (await listAudit(mine)).rows;
    expect(row?.keyPrefix).toMatch(/^psy_[A-Za-z0-9]{4}$/);
    const target = { type: "key", id: key.id, name: "not mine" } as const;
    await inTransaction((tx) => recordAudit(tx, other, { action: "key.renamed", target }, new Date()));
    expect((await listAudit(other)).rows[0]?.keyPrefix).toBeNull();
  });

  test("attack 10: rows of another user are not there, also when asked for by id", async () => {
    const stranger = actorOf(await insertUser());
    await leaveRows(stranger, 2);
    const [mine] = (await listAudit(actor)).rows;
    const theirs = await listAudit(stranger, { before: mine?.id });
    expect(theirs.rows.map((row) => row.targetName)).toEqual(["key 1", "key 0"]);
  });
});
