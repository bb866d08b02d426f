import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connectDatabase, disconnectDatabase } from "#lib/db.ts";
import { countStatements, type StatementCounter } from "#test/count-statements.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { insertKey, send, testGateway } from "#test/gateway.ts";

const database = testDatabase();
let counter: StatementCounter;
beforeAll(async () => {
  counter = await countStatements(database.config());
  await disconnectDatabase();
  connectDatabase({ ...counter.config, max: 8 }, database.config());
});
afterAll(async () => {
  await counter.close();
});
const gateway = testGateway();

type Sent = { headers?: () => Record<string, string>; body?: unknown };

/** What one request makes the database do. The gateway writes meanwhile, and its statements would be among them: the fewest of three runs. */
async function statementsOf(
  key: string,
  method: string,
  path: string,
  { headers, body }: Sent = {},
): Promise<string[]> {
  const runs: string[][] = [];
  for (let run = 0; run < 3; run += 1) {
    const once = () => send(gateway.url(), method, path, { key, body, ...(headers ? { headers: headers() } : {}) });
    runs.push((await counter.during(once)).statements);
  }
  return runs.toSorted((a, b) => a.length - b.length)[0] ?? [];
}

test("a request without an Idempotency-Key costs what it did; a write with one two statements more, a read none", async () => {
  const { key } = await insertKey((await insertUser()).id);
  const fact = { entity: "ada", fact: "likes tea" };
  const headers = () => ({ "idempotency-key": randomUUID() });
  await send(gateway.url(), "POST", "/v1/remember", { key, body: fact });
  const plain = await statementsOf(key, "POST", "/v1/remember", { body: fact });
  const named = await statementsOf(key, "POST", "/v1/remember", { body: fact, headers });
  const isOurs = (statement: string) => statement.includes("answered_writes");
  expect(plain.filter(isOurs)).toEqual([]);
  expect(named.filter((statement) => !isOurs(statement))).toEqual(plain);
  expect(named).toHaveLength(plain.length + 2);
  const reads = [
    await statementsOf(key, "GET", "/v1/me"),
    await statementsOf(key, "GET", "/v1/me", { headers }),
    await statementsOf(key, "POST", "/v1/recall", { body: { query: "tea" }, headers }),
  ];
  expect(reads.slice(0, 2)).toEqual([[], []]);
  expect(reads[2]?.filter(isOurs)).toEqual([]);
});
