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

/** What one request does to its own tables. The gateway writes usage meanwhile, whose statements and transactions are left out. */
async function statementsOf(key: string, method: string, path: string, options: Options = {}): Promise<string[]> {
  const { statements } = await counter.during(() => send(gateway.url(), method, path, { key, ...options }));
  return statements.filter((statement) => /answered_writes|memories|entities/.test(statement));
}
type Options = { body?: unknown; headers?: Record<string, string> };

test("a request without an Idempotency-Key costs what it did; a write with one two statements more, a read none", async () => {
  const { key } = await insertKey((await insertUser()).id);
  const body = { entity: "ada", fact: "likes tea" };
  const headers = { "idempotency-key": "cost" };
  await send(gateway.url(), "POST", "/v1/remember", { key, body });
  const plain = await statementsOf(key, "POST", "/v1/remember", { body });
  const named = await statementsOf(key, "POST", "/v1/remember", { body, headers });
  const isOurs = (statement: string) => statement.includes("answered_writes");
  expect(plain).toHaveLength(2);
  expect(plain.filter(isOurs)).toEqual([]);
  expect(named.filter((statement) => !isOurs(statement))).toEqual(plain);
  expect(named.filter(isOurs)).toHaveLength(2);
  expect(await statementsOf(key, "GET", "/v1/me", { headers })).toEqual([]);
  const search = await statementsOf(key, "POST", "/v1/recall", { body: { query: "tea" }, headers });
  expect(search.filter(isOurs)).toEqual([]);
});
