import { randomUUID } from "node:crypto";
import { request } from "node:http";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { db } from "#lib/db.ts";
import { insertUser, testDatabase } from "./database.ts";
import { insertKey, send, type TestAnswer } from "./gateway.ts";
import { holdEntity } from "./hold-entity.ts";
import { type RunningServer, startServer } from "./start-server.ts";

const database = testDatabase();
let one: RunningServer;
let other: RunningServer;
let userId = "";
let key = "";

const startGateway = () =>
  startServer({
    env: { SERVE: "gateway", DATABASE_URL: database.url(), RATE_LIMIT: "1000000", LOG_LEVEL: "warn" },
  });

beforeAll(async () => {
  [one, other] = await Promise.all([startGateway(), startGateway()]);
});
beforeEach(async () => {
  if (one.child.signalCode !== null) one = await startGateway();
  userId = (await insertUser()).id;
  key = (await insertKey(userId)).key;
});
afterAll(async () => {
  await Promise.all([one.stop(), other.stop()]);
});

const FACT = { entity: "ada", fact: "likes tea" };
const remember = (server: RunningServer, name: string) =>
  send(server.url, "POST", "/v1/remember", { key, body: FACT, headers: { "idempotency-key": name } });
const isReplayed = ({ headers }: TestAnswer) => headers.get("idempotency-replayed") === "true";
const countFacts = () => db().memory.count({ where: { userId } });

async function kill(server: RunningServer): Promise<void> {
  server.child.kill("SIGKILL");
  await server.exited;
}

test("32 parallel requests with one key at two processes are one write and 32 equal answers, one of them the first", async () => {
  for (let trial = 1; trial <= 10; trial += 1) {
    const name = randomUUID();
    const answers = await Promise.all(Array.from({ length: 32 }, (_, at) => remember(at % 2 ? one : other, name)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 32 }, () => 201));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.filter((answer) => !isReplayed(answer))).toHaveLength(1);
    expect(await countFacts()).toBe(trial);
  }
});

test("a process killed in the middle of a write leaves nothing: the repeat at another, waiting already, does it once", async () => {
  const { waiting, release } = await holdEntity(database.config(), userId, "ada");
  const lost = remember(one, "killed").catch(() => "no answer");
  await waiting(1);
  await kill(one);
  expect(await lost).toBe("no answer");
  const repeat = remember(other, "killed");
  // The dead process's transaction still waits for ada, and the repeat for that transaction.
  await waiting(2);
  await release();
  const answer = await repeat;
  expect([answer.status, isReplayed(answer), await countFacts()]).toEqual([201, false, 1]);
  expect((await remember(other, "killed")).text).toBe(answer.text);
});

test("a process killed after a write whose answer nobody read: the repeat at another gets it, and nothing is written again", async () => {
  const outgoing = request(`${one.url}/v1/remember`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "idempotency-key": "unread" },
  });
  outgoing.on("error", () => undefined).end(JSON.stringify(FACT));
  const stored = () => db().answeredWrite.findFirst({ where: { userId, answer: { not: null } } });
  await expect.poll(stored, { interval: 5, timeout: 10_000 }).not.toBeNull();
  await kill(one);
  const answer = await remember(other, "unread");
  const [fact] = await db().memory.findMany({ where: { userId } });
  expect([answer.status, isReplayed(answer), answer.json["id"]]).toEqual([201, true, fact?.id]);
  expect([await countFacts(), answer.text]).toEqual([1, (await stored())?.answer]);
});
