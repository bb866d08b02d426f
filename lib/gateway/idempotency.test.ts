import { request as httpRequest } from "node:http";
import { describe, expect, it } from "vitest";
import { db } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { insertKey, send, testGateway } from "#test/gateway.ts";
import { holdEntity } from "#test/hold-entity.ts";
import { isReplayed, repeatableWrites, WRITES } from "#test/repeatable-writes.ts";

const database = testDatabase();
const gateway = testGateway();
const { userId, key, write, example, sendExample, facts, rows } = repeatableWrites(gateway);

describe("a write with an Idempotency-Key", () => {
  it("is done once: its repeat gets status and body of the first answer, to the byte, and a header that says so", async () => {
    const first = await write("once");
    const repeat = await write("once");
    expect([first.status, isReplayed(first)]).toEqual([201, false]);
    expect([repeat.status, repeat.text, isReplayed(repeat)]).toEqual([201, first.text, true]);
    expect(repeat.headers.get("content-type")).toBe("application/json");
    expect(await facts()).toHaveLength(1);
  });

  it.each(WRITES)("%s: is repeatable", async (_name, operation) => {
    const request = await example(operation);
    const first = await sendExample(request, "any");
    const repeat = await sendExample(request, "any");
    expect([first.status, isReplayed(first)]).toEqual([operation.status, false]);
    expect([repeat.status, repeat.text, isReplayed(repeat)]).toEqual([first.status, first.text, true]);
  });

  it("with another key, and without one, is done again", async () => {
    const answers = [await write("one"), await write("two"), await write("one")];
    await send(gateway.url(), "POST", "/v1/remember", { key: key(), body: { entity: "ada", fact: "likes tea" } });
    expect(answers.map(isReplayed)).toEqual([false, false, true]);
    expect(await facts()).toHaveLength(3);
  });

  it("is the same at another address of the operation, and with its fields in another order", async () => {
    const { episode_id } = (await write("begin", { path: "/v1/episodes/start", body: { participants: [] } })).json;
    const first = await write("say", {
      path: "/v1/episodes/message",
      body: { episode_id, role: "user", content: "hi" },
    });
    const repeat = await write("say", {
      path: `/v1/episodes/${episode_id}/message`,
      body: { content: "hi", role: "user" },
    });
    expect([repeat.text, isReplayed(repeat)]).toEqual([first.text, true]);
  });

  it.each([
    ["another input", { body: { entity: "ada", fact: "likes coffee" } }],
    ["another operation", { path: "/v1/entities", body: { name: "ada" } }],
  ])("whose key belongs to a request with %s gets 422, says what to do, and is not done", async (_case, other) => {
    await write("used");
    const answer = await write("used", other);
    expect([answer.status, answer.json["error"]]).toEqual([422, "idempotency_key_reused"]);
    expect(answer.json["message"]).toMatch(/new key/);
    expect((await facts()).map(({ content }) => content)).toEqual(["likes tea"]);
    expect(isReplayed(await write("used"))).toBe(true);
  });

  it.each([
    ["empty", ""],
    ["256 characters", "x".repeat(256)],
    ["a tab", "a\tb"],
    ["not ASCII", "cl\xe9"],
  ])("whose key is %s gets 400, says what to do, and is not done", async (_case, name) => {
    const answer = await write(name);
    expect([answer.status, answer.json["error"]]).toEqual([400, "invalid_request"]);
    expect(answer.json["message"]).toMatch(/1 to 255 printable ASCII characters/);
    expect(await facts()).toEqual([]);
  });

  it("that comes with two keys gets 400, also when they are equal", async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const outgoing = httpRequest(`${gateway.url()}/v1/remember`, { method: "POST" }, (incoming) => {
        incoming.resume().once("end", () => resolve(incoming.statusCode));
      });
      outgoing.setHeader("authorization", `Bearer ${key()}`);
      outgoing.setHeader("idempotency-key", ["twice", "twice"]);
      outgoing.once("error", reject).end(JSON.stringify({ entity: "ada", fact: "likes tea" }));
    });
    expect([status, await facts()]).toEqual([400, []]);
  });

  it.each(["x".repeat(255), '"8e03978e-40d5-43dd-bc93-6894a57f9324"', "a b", "!~"])(
    "takes the key %s",
    async (name) => {
      expect([isReplayed(await write(name)), isReplayed(await write(name))]).toEqual([false, true]);
    },
  );
});

describe("what is not repeated from memory", () => {
  it("reads: the header is not looked at, and nothing is stored", async () => {
    await write("a fact");
    for (const name of ["read", "read", "x".repeat(300)]) {
      const answer = await write(name, { path: "/v1/recall", body: { query: "tea" } });
      expect([answer.status, isReplayed(answer)]).toEqual([200, false]);
    }
    expect(await rows()).toHaveLength(1);
  });

  it("a write that was refused for its input: corrected, it is done with the same key", async () => {
    expect((await write("fix", { body: { entity: "ada" } })).status).toBe(422);
    expect((await write("fix", { body: { entity: "", fact: "likes tea" } })).status).toBe(400);
    expect(await rows()).toEqual([]);
    const done = await write("fix");
    expect([done.status, isReplayed(done)]).toEqual([201, false]);
  });

  it("a write that failed for what was not there: it is done once that is there", async () => {
    const id = newId();
    const body = { episode_id: id, role: "user", content: "hi" };
    expect((await write("later", { path: "/v1/episodes/message", body })).status).toBe(404);
    expect(await rows()).toEqual([]);
    await db().episode.create({ data: { id, userId: userId(), namespace: "default", participants: [] } });
    const done = await write("later", { path: "/v1/episodes/message", body });
    expect([done.status, isReplayed(done)]).toEqual([201, false]);
  });

  it("an answer past 24 hours by PostgreSQL's clock: the key is new again; a second before, it is not", async () => {
    await write("old");
    const age = (seconds: number) =>
      db()
        .$executeRaw`UPDATE answered_writes SET created_at = now() - make_interval(secs => ${seconds}) WHERE user_id = ${userId()}::uuid`;
    await age(24 * 3_600 - 60);
    expect(isReplayed(await write("old"))).toBe(true);
    await age(24 * 3_600);
    const other = { body: { entity: "ada", fact: "likes coffee" } };
    expect([isReplayed(await write("old", other)), isReplayed(await write("old", other))]).toEqual([false, true]);
    expect((await facts()).map(({ content }) => content).toSorted()).toEqual(["likes coffee", "likes tea"]);
  });
});

describe("whose repeat it is", () => {
  it("the owner's: another credential of theirs, such as a rotated key's successor, gets the first answer", async () => {
    const first = await write("rotated");
    const successor = await insertKey(userId(), "mcp:write");
    const repeat = await write("rotated", { as: successor.key });
    expect([repeat.text, isReplayed(repeat)]).toEqual([first.text, true]);
  });

  it("another user's key of the same name is another key, and shows nothing of theirs", async () => {
    const first = await write("shared");
    const other = await insertUser();
    const theirs = await write("shared", { as: (await insertKey(other.id)).key });
    expect([theirs.status, isReplayed(theirs)]).toEqual([201, false]);
    expect(theirs.json["id"]).not.toBe(first.json["id"]);
    expect([(await facts()).length, (await facts(other.id)).length]).toEqual([1, 1]);
  });

  it("nobody's who may not do it: 403 with a scope that is too narrow, 401 with a revoked key", async () => {
    const { id } = (await write("mine")).json;
    const edit = { method: "PATCH", path: `/v1/memories/${id}`, body: { confidence: 0.5 } };
    expect((await write("edit", edit)).status).toBe(200);
    const reader = await insertKey(userId(), "mcp:read");
    const writer = await insertKey(userId(), "mcp:write");
    const gone = await insertKey(userId(), "mcp", { revokedAt: new Date() });
    expect((await write("mine", { as: reader.key })).status).toBe(403);
    expect((await write("edit", { ...edit, as: writer.key })).status).toBe(403);
    expect((await write("mine", { as: gone.key })).status).toBe(401);
  });
});

describe("while the first is at work", () => {
  it("repeats wait for it and get its answer; all of them hold one connection", async () => {
    const { waiting, release } = await holdEntity(database.config(), userId(), "ada");
    const first = write("busy");
    await waiting(1);
    const repeats = Array.from({ length: 12 }, () => write("busy"));
    // The pool has eight connections: others still get one.
    expect((await send(gateway.url(), "GET", "/v1/stats", { key: key() })).status).toBe(200);
    await release();
    const { text } = await first;
    for (const repeat of await Promise.all(repeats)) expect([repeat.text, isReplayed(repeat)]).toEqual([text, true]);
    expect(await facts()).toHaveLength(1);
  });

  it("for too long, the answer is 503 with Retry-After, nothing is written, and a later repeat does it", async () => {
    const { release } = await holdEntity(database.config(), userId(), "ada");
    const answers = await Promise.all([write("stuck"), write("stuck")]);
    for (const { status, headers, json } of answers.filter(({ status }) => status !== 201)) {
      expect([status, headers.get("retry-after"), json["error"]]).toEqual([503, "1", "write_in_progress"]);
    }
    expect(answers.some(({ status }) => status === 503)).toBe(true);
    expect(await rows()).toEqual([]);
    await release();
    expect([(await write("stuck")).status, (await facts()).length]).toEqual([201, 1]);
  });
});

describe("browsers", () => {
  it("a page of an allowed origin may send the header and read whether the answer is a repeat", async () => {
    const origin = "http://localhost:5173";
    const headers = {
      origin,
      "access-control-request-method": "POST",
      "access-control-request-headers": "idempotency-key",
    };
    const preflight = await send(gateway.url(), "OPTIONS", "/v1/remember", { headers });
    expect(preflight.headers.get("access-control-allow-headers")?.split(", ")).toContain("Idempotency-Key");
    const answer = await send(gateway.url(), "GET", "/v1/me", { key: key(), headers: { origin } });
    expect(answer.headers.get("access-control-expose-headers")?.split(", ")).toContain("Idempotency-Replayed");
  });
});
