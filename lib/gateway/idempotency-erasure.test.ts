import { describe, expect, it } from "vitest";
import type { Principal } from "#lib/auth/principal.ts";
import { db, inTransaction, type Tx } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { testDatabase } from "#test/database.ts";
import { testGateway } from "#test/gateway.ts";
import { isReplayed, repeatableWrites, WRITES } from "#test/repeatable-writes.ts";

testDatabase();
const gateway = testGateway();
const { userId, write, remove, example, sendExample, facts, rows } = repeatableWrites(gateway);

describe("what is deleted is in no stored answer", () => {
  const SECRET = "keeps the spare key under the fern";
  const stored = async () => JSON.stringify(await rows());

  async function rememberSecret(): Promise<string> {
    const { json } = await write("secret", { body: { entity: "ada", fact: SECRET } });
    await write("kept", { body: { entity: "bob", fact: "likes tea" } });
    expect(await stored()).toContain(SECRET);
    return String(json["id"]);
  }

  it.each([
    ["delete_memory", async (id: string) => remove("delete", `/v1/memories/${id}`)],
    ["forget", async () => remove("forget", "/v1/entities/ada")],
    ["delete_all_memories", async () => remove("all", "/v1/memories?confirm=delete-all-memories")],
    ["a statement past every operation", async (id: string) => db().memory.deleteMany({ where: { id } })],
  ])("%s: the text goes with it, and a late repeat gets 410 instead of writing it again", async (name, erase) => {
    const id = await rememberSecret();
    await write("edited", { method: "PATCH", path: `/v1/memories/${id}`, body: { confidence: 0.5 } });
    await erase(id);
    expect(await stored()).not.toContain(SECRET);
    const repeat = await write("secret", { body: { entity: "ada", fact: SECRET } });
    expect([repeat.status, repeat.json["error"]]).toEqual([410, "answer_gone"]);
    expect(repeat.text).not.toContain(SECRET);
    expect((await facts()).map(({ content }) => content)).not.toContain(SECRET);
    if (name !== "delete_all_memories") {
      expect(isReplayed(await write("kept", { body: { entity: "bob", fact: "likes tea" } }))).toBe(true);
    }
  });

  it("no hash of it stays either, since short texts can be guessed", async () => {
    const id = await rememberSecret();
    await remove("delete", `/v1/memories/${id}`);
    const emptied = (await rows()).filter(({ answer }) => answer === null);
    expect(emptied.map(({ fingerprint }) => fingerprint)).toEqual([null]);
  });

  it("and a repeat of the deletion itself gets the first answer", async () => {
    const id = await rememberSecret();
    const first = await remove("delete", `/v1/memories/${id}`);
    const repeat = await remove("delete", `/v1/memories/${id}`);
    expect([first.status, repeat.text, isReplayed(repeat)]).toEqual([200, first.text, true]);
  });

  it("whatever was written: without memories, entities and episodes, no answer shows a word of any request", async () => {
    for (const [, operation] of WRITES) {
      const request = await example(operation);
      expect((await sendExample(request, operation.name)).status).toBe(operation.status);
    }
    expect(await stored()).toMatch(/is edited|is an example|assistant/);
    await db().memory.deleteMany({ where: { userId: userId() } });
    await db().entity.deleteMany({ where: { userId: userId() } });
    await db().episode.deleteMany({ where: { userId: userId() } });
    const answers = (await rows()).map(({ answer }) => answer ?? "");
    expect(answers).toHaveLength(WRITES.length);
    for (const answer of answers) expect(answer).not.toMatch(/example|edited|hello|user|assistant/);
  });

  it("with the user, all of their answers go", async () => {
    await rememberSecret();
    await db().user.delete({ where: { id: userId() } });
    expect(await rows()).toEqual([]);
  });
});

describe("key, write and answer are one transaction", () => {
  it.each(WRITES)("%s: when the answer cannot be kept, nothing is written", async (name, operation) => {
    const request = await example(operation);
    await write("before", { body: { entity: "example", fact: "is something to forget" } });
    const before = await everythingOf(userId(), db());
    const principal: Principal = { ...KEY, userId: userId() };
    // The example's entity is there already.
    const other = name === "create_entity" ? { name: "new" } : {};
    const input = { confirm: "delete-all-memories", ...request.parameters, ...request.body, ...other };
    const failing = operation.answer(principal, input, (run) =>
      inTransaction(async (tx) => {
        expect((await run(tx)).status).toBe(operation.status);
        expect(await everythingOf(userId(), tx)).not.toEqual(before);
        throw new Error("The answer is lost.");
      }),
    );
    await expect(failing).rejects.toThrow("The answer is lost.");
    expect(await everythingOf(userId(), db())).toEqual(before);
  });
});

const KEY = {
  kind: "api_key",
  scope: "mcp",
  keyId: newId(),
  prefix: null,
  name: "test",
  expiresAt: null,
  graceEndsAt: null,
} as const;

async function everythingOf(owner: string, client: Tx | ReturnType<typeof db>): Promise<unknown> {
  const where = { where: { userId: owner }, orderBy: { id: "asc" } } as const;
  const memories = await client.memory.findMany(where);
  return [memories, await client.entity.findMany(where), await client.episode.findMany(where)];
}
