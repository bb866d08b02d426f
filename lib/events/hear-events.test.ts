import { afterAll, beforeAll, expect, test } from "vitest";
import { db, inTransaction } from "#lib/db.ts";
import { publish } from "#lib/events.ts";
import { newId } from "#lib/ids.ts";
import { setLogLevel } from "#lib/log.ts";
import { testDatabase } from "#test/database.ts";
import { type Hearing, hearEvents } from "./hear-events.ts";

const database = testDatabase();
const SOON = { timeout: 10_000 };
const heard: string[] = [];
let missed = 0;
let hearing: Hearing;

beforeAll(async () => {
  setLogLevel("error");
  hearing = await hearEvents(database.config(), "first name", {
    onEvent: (event) => heard.push(event.subjectId),
    onMissed: () => {
      missed += 1;
    },
  });
});
afterAll(() => hearing.stop());

const tell = (subjectId: string) =>
  inTransaction((tx) => publish(tx, { type: "signing_key.changed", userId: null, subjectId }));
const connections = async (name: string) =>
  (
    await db().$queryRaw<{ pid: number }[]>`
    SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = ${name}`
  ).length;

test("hears every event in order, and bears the name that it is given", async () => {
  const ids = Array.from({ length: 20 }, () => newId());
  for (const id of ids) await tell(id);
  await expect.poll(() => heard, SOON).toEqual(ids);
  expect(await connections("first name")).toBe(1);
  await hearing.rename("second name");
  expect([await connections("first name"), await connections("second name")]).toEqual([0, 1]);
});

test("connects again under the same name when the connection breaks, says that events may be missed, and hears on", async () => {
  const before = missed;
  await db().$executeRaw`
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'second name'`;
  await expect.poll(() => missed, SOON).toBe(before + 1);
  expect(await connections("second name")).toBe(1);
  const id = newId();
  await tell(id);
  await expect.poll(() => heard.at(-1), SOON).toBe(id);
});

test("an event of a kind that only a newer release knows may be one that was missed", async () => {
  const before = missed;
  await db().$executeRaw`SELECT pg_notify('pensyve_events', '1 new.kind - x')`;
  await expect.poll(() => missed, SOON).toBe(before + 1);
});
