import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { connectDatabase, disconnectDatabase } from "#lib/db.ts";
import { generateKey } from "#lib/keys/key-format.ts";
import { isOutage } from "#lib/outage.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { insertKey, send, sendRpc, testGateway } from "#test/gateway.ts";

const database = testDatabase();
const gateway = testGateway();
let key = "";

beforeAll(async () => {
  key = (await insertKey((await insertUser()).id)).key;
});

async function loseDatabase(): Promise<void> {
  expect((await send(gateway.url(), "GET", "/v1/me", { key })).status).toBe(200);
  await disconnectDatabase();
  connectDatabase({ host: "/nonexistent", user: "nobody", database: "none", connectionTimeoutMillis: 500 });
}

afterEach(async () => {
  await disconnectDatabase();
  connectDatabase({ ...database.config(), max: 8 });
});

describe("BER-12: without the database", () => {
  it("operations answer 503 with Retry-After, on REST and MCP, and nobody is told to sign in again", async () => {
    await loseDatabase();
    const call = { name: "pensyve_status", arguments: {} };
    const answers = [
      await send(gateway.url(), "GET", "/v1/stats", { key }),
      await send(gateway.url(), "POST", "/v1/remember", { key, body: { entity: "a", fact: "b c" } }),
      await sendRpc(gateway.url(), key, "tools/call", call),
    ];
    for (const { status, headers, json } of answers) {
      expect([status, headers.get("retry-after"), headers.get("www-authenticate")]).toEqual([503, "2", null]);
      expect(json).toMatchObject({ error: "unavailable", retryAfter: 2, detail: expect.any(String) });
    }
  });

  it("a key that is not known here is not refused, but 503: it may be valid", async () => {
    await loseDatabase();
    const answer = await send(gateway.url(), "GET", "/v1/me", { key: generateKey() });
    expect([answer.status, answer.headers.get("retry-after"), answer.headers.get("www-authenticate")]).toEqual([
      503,
      "2",
      null,
    ]);
  });

  it("what needs no database still works, and everything does when it is back", async () => {
    await loseDatabase();
    expect((await send(gateway.url(), "GET", "/v1/health")).status).toBe(200);
    expect((await send(gateway.url(), "GET", "/v1/me", { key })).status).toBe(200);
    await disconnectDatabase();
    connectDatabase(database.config());
    expect((await send(gateway.url(), "GET", "/v1/stats", { key })).status).toBe(200);
  });
});

describe("an outage is told from a defect", () => {
  it.each([
    [{ code: "ECONNREFUSED" }, true],
    [{ code: "57P01" }, true],
    [{ code: "08006" }, true],
    [{ name: "DriverAdapterError", cause: { kind: "DatabaseNotReachable" } }, true],
    [{ code: "P2010", meta: { driverAdapterError: { cause: { originalCode: "57P03" } } } }, true],
    [new Error("Connection terminated unexpectedly"), true],
    [{ code: "22021" }, false],
    [{ code: "P2002" }, false],
    [new TypeError("x is not a function"), false],
    ["text", false],
    [undefined, false],
  ])("%o: %s", (error, expected) => {
    expect(isOutage(error)).toBe(expected);
  });
});
