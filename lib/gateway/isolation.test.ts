import { beforeAll, describe, expect, it } from "vitest";
import { db } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { memoryStore } from "#lib/memory/store.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { exampleRequest } from "#test/example-requests.ts";
import { insertKey, send, sendRpc, testGateway } from "#test/gateway.ts";
import type { ProtectedOperation } from "./operation.ts";
import { OPERATIONS } from "./operations.ts";

testDatabase();
const gateway = testGateway();
let attacker = "";
let attackerId = "";
let victimId = "";

beforeAll(async () => {
  attackerId = (await insertUser()).id;
  victimId = (await insertUser()).id;
  attacker = (await insertKey(attackerId)).key;
});

const PROTECTED = OPERATIONS.filter((operation): operation is ProtectedOperation => operation.access !== "public");
/** Fields that name a row by its id: with somebody else's, the answer is 404. */
const ID_FIELDS = ["episode_id", "memory_id"];

async function everythingOf(userId: string): Promise<unknown> {
  const where = { userId };
  const orderBy = { id: "asc" as const };
  const [memories, episodes, entities] = await Promise.all([
    db().memory.findMany({ where, orderBy, omit: { accessCount: true, lastAccessedAt: true } }),
    db().episode.findMany({ where, orderBy }),
    db().entity.findMany({ where, orderBy }),
  ]);
  return { memories, episodes, entities };
}

describe("attack 10: another user's ids", () => {
  it.each(PROTECTED.map((operation) => [operation.name, operation] as const))(
    "REST %s neither shows nor changes anything of theirs",
    async (_name, operation) => {
      const example = await exampleRequest(operation, victimId);
      const before = await everythingOf(victimId);
      const namesRow = ID_FIELDS.some((field) => field in example.parameters);
      for (const { method, path } of example.requests) {
        const answer = await send(gateway.url(), method, path, { key: attacker, body: example.body });
        expect([path, answer.status]).toEqual([path, namesRow ? 404 : expect.toSatisfy((status) => status < 300)]);
        expect(answer.text).not.toContain(victimId);
        expect(answer.text).not.toContain("is remembered");
      }
      expect(await everythingOf(victimId)).toEqual(before);
    },
  );

  it.each(PROTECTED.flatMap((operation) => (operation.tool ? [[operation.tool.name, operation] as const] : [])))(
    "MCP %s neither shows nor changes anything of theirs",
    async (name, operation) => {
      const example = await exampleRequest(operation, victimId);
      const before = await everythingOf(victimId);
      const args = { ...example.parameters, ...example.body };
      const answer = await sendRpc(gateway.url(), attacker, "tools/call", { name, arguments: args });
      const { result } = answer.json as { result: { isError?: boolean } };
      expect(result.isError ?? false).toBe(ID_FIELDS.some((field) => field in example.parameters));
      expect(answer.text).not.toContain(victimId);
      expect(await everythingOf(victimId)).toEqual(before);
    },
  );

  it("an id of somebody else and an id of nobody get the same answer", async () => {
    const owner = { userId: victimId, writtenBy: victimId };
    const theirs = await memoryStore().remember(owner, { entity: "x", fact: "is theirs", confidence: 1 });
    const ask = async (id: string): Promise<string> => {
      const answer = await send(gateway.url(), "DELETE", `/v1/memories/${id}`, { key: attacker });
      const { request_id: _id, ...body } = answer.json;
      return JSON.stringify([answer.status, body]);
    };
    expect(await ask(theirs.id)).toBe(await ask(newId()));
  });
});

describe("two keys of one user", () => {
  it("see the same memories", async () => {
    const other = (await insertKey(attackerId, "mcp:read")).key;
    await send(gateway.url(), "POST", "/v1/remember", { key: attacker, body: { entity: "z", fact: "is shared" } });
    const found = await send(gateway.url(), "POST", "/v1/recall", { key: other, body: { query: "shared" } });
    expect(found.text).toContain("is shared");
  });
});
