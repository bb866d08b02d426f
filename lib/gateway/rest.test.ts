import { beforeAll, describe, expect, it } from "vitest";
import { insertUser, testDatabase } from "#test/database.ts";
import { insertKey, send, testGateway } from "#test/gateway.ts";

testDatabase();
const gateway = testGateway();
let key = "";

beforeAll(async () => {
  const user = await insertUser();
  key = (await insertKey(user.id)).key;
});

const post = (path: string, body: unknown) => send(gateway.url(), "POST", path, { key, body });
const get = (path: string) => send(gateway.url(), "GET", path, { key });
const remove = (path: string, headers?: Record<string, string>) =>
  send(gateway.url(), "DELETE", path, headers ? { key, headers } : { key });

describe("REST answers in the shapes that clients know", () => {
  it("health needs no credential", async () => {
    const answer = await send(gateway.url(), "GET", "/v1/health");
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({ status: "ok", version: expect.any(String) });
  });

  it("remember, then recall, then inspect, then forget", async () => {
    const remembered = await post("/v1/remember", { entity: "alice", fact: "prefers dark mode", confidence: 0.9 });
    expect(remembered.status).toBe(201);
    expect(remembered.json).toMatchObject({
      id: expect.any(String),
      content: "prefers dark mode",
      memory_type: "semantic",
      confidence: 0.9,
      stability: 1,
      extraction_tier: 1,
      score: null,
    });

    const recalled = await post("/v1/recall", { query: "dark mode", entity: "alice", limit: 5 });
    expect(recalled.status).toBe(200);
    expect(recalled.json).toMatchObject({
      memories: [
        { content: "prefers dark mode", memory_type: "semantic", type: "semantic", score: expect.any(Number) },
      ],
      contradictions: [],
      cursor: null,
    });

    const inspected = await post("/v1/inspect", { entity: "alice" });
    expect(inspected.json).toMatchObject({
      entity: "alice",
      episodic: [],
      procedural: [],
      semantic: [{ content: "prefers dark mode", predicate: "prefers", object: "dark mode" }],
      memories: [{ memory_type: "semantic" }],
      cursor: null,
    });

    const forgotten = await remove("/v1/entities/alice?hard_delete=true");
    expect(forgotten).toMatchObject({ status: 200, json: { forgotten_count: 1 } });
    expect((await remove("/v1/entities/nobody")).json).toEqual({ forgotten_count: 0 });
    expect((await post("/v1/inspect", { entity: "nobody" })).json).toMatchObject({ semantic: [], episodic: [] });
  });

  it("deletes an entity whose name has slashes, encoded or not", async () => {
    await post("/v1/remember", { entity: "user_123/memories", fact: "has a slash" });
    expect((await remove("/v1/entities/user_123/memories")).json).toEqual({ forgotten_count: 1 });
    await post("/v1/remember", { entity: "a/b c", fact: "has a slash" });
    expect((await remove("/v1/entities/a%2Fb%20c")).json).toEqual({ forgotten_count: 1 });
  });

  it("episodes in both spellings", async () => {
    const started = await post("/v1/episodes/start", { participants: ["user", "assistant"] });
    expect(started.status).toBe(201);
    expect(started.json).toMatchObject({ participants: ["user", "assistant"], started_at: expect.any(String) });
    const id = String(started.json["episode_id"]);

    const message = await post("/v1/episodes/message", { episode_id: id, role: "user", content: "hello" });
    expect(message).toMatchObject({ status: 201, json: { episode_id: id, role: "user", status: "ok" } });
    const other = await post(`/v1/episodes/${id}/message`, { role: "assistant", content: "good day" });
    expect(other).toMatchObject({ status: 201, json: { episode_id: id, role: "assistant" } });
    const observed = await post("/v1/observe", {
      episode_id: id,
      content: "x = 1",
      source_entity: "assistant",
      about_entity: "user",
      content_type: "code",
    });
    expect(observed).toMatchObject({ status: 201, json: { episode_id: id, content_type: "code" } });

    const ended = await post("/v1/episodes/end", { episode_id: id, outcome: null });
    expect(ended).toMatchObject({ status: 200, json: { episode_id: id, outcome: "success", memories_created: 3 } });
    expect((await post(`/v1/episodes/${id}/end`, { outcome: "partial" })).json).toMatchObject({ outcome: "partial" });

    const grouped = await post("/v1/recall_grouped", { query: "hello" });
    expect(grouped.json).toMatchObject({ groups: [{ session_id: id, group_score: expect.any(Number) }] });
  });

  it("entities, memories and the deletion of everything, which wants to be confirmed", async () => {
    expect(await post("/v1/entities", { name: "bob", kind: "User" })).toMatchObject({
      status: 201,
      json: { name: "bob", kind: "user" },
    });
    expect(await post("/v1/entities", { name: "bob", kind: "team" })).toMatchObject({
      status: 201,
      json: { kind: "user" },
    });
    const { id } = (await post("/v1/remember", { entity: "bob", fact: "likes tea" })).json;
    const path = `/v1/memories/${id}`;
    const edited = await send(gateway.url(), "PATCH", path, { key, body: { content: "likes green tea" } });
    expect(edited).toMatchObject({ status: 200, json: { id, content: "likes green tea" } });
    expect(await remove(path)).toMatchObject({ status: 200, json: { deleted: true, id } });
    expect(await remove(path)).toMatchObject({ status: 404, json: { error: "not_found" } });

    await post("/v1/remember", { entity: "bob", fact: "likes coffee" });
    expect(await remove("/v1/memories")).toMatchObject({ status: 400, json: { error: "invalid_request" } });
    expect(await remove("/v1/memories", { confirm: "delete-all-memories" })).toMatchObject({ status: 200 });
    expect(await remove("/v1/memories?confirm=delete-all-memories")).toMatchObject({ json: { deleted: 0 } });
  });

  it("stats and usage carry the names of every client", async () => {
    await post("/v1/remember", { entity: "carol", fact: "likes rain" });
    expect((await get("/v1/stats")).json).toMatchObject({
      namespace: expect.stringMatching(/^tenant:/),
      entities: expect.any(Number),
      semantic_memories: 1,
      semantic: 1,
      episodic_memories: 0,
      procedural_memories: 0,
      observation_memories: 0,
      total: 1,
    });
    expect((await get("/v1/usage")).json).toMatchObject({
      standard: expect.any(Number),
      multimodal: 0,
      extraction: 0,
      total_ops: expect.any(Number),
      monthly_ops: expect.any(Number),
      api_calls: expect.any(Number),
      recalls: expect.any(Number),
      memories_stored: 1,
      period_start: expect.stringMatching(/T00:00:00.000Z$/),
      dashboard_url: "http://localhost:3000/keys",
      mode: "remote",
    });
  });

  it("KEY-16: a holder learns what the presented key is, and not the key", async () => {
    const answer = await get("/v1/me");
    expect(answer.json).toMatchObject({
      kind: "api_key",
      key_id: expect.any(String),
      prefix: key.slice(0, 8),
      name: "test",
      scope: "mcp",
      expires_at: null,
      operations: expect.arrayContaining(["recall", "me"]),
      limits: { requests_per_minute: 1_000_000, requests_per_minute_of_user: 2_000_000 },
    });
    expect(answer.text).not.toContain(key);
  });
});

describe("REST tolerates what real clients send", () => {
  it("null for what is not set, unknown fields, an empty body, no content type", async () => {
    const nulls = { query: "", entity: null, limit: null, types: null, min_confidence: null, namespace: null };
    expect((await post("/v1/recall", { ...nulls, cursor: "x", user_id: "somebody" })).status).toBe(200);
    const empty = { key, headers: { "content-type": "application/json" } };
    expect((await send(gateway.url(), "GET", "/v1/stats", empty)).status).toBe(200);
    expect((await send(gateway.url(), "POST", "/v1/recall", { ...empty, body: "" })).status).toBe(422);
    expect((await send(gateway.url(), "POST", "/v1/recall/", { key, body: { query: "*" } })).status).toBe(200);
  });

  it("a namespace is honoured: reads without one see all, reads with one see that", async () => {
    await post("/v1/remember", { entity: "dave", fact: "works remotely", namespace: "work" });
    const found = async (namespace?: string) => {
      const { memories } = (await post("/v1/recall", { query: "remotely", namespace })).json;
      return (memories as { content: string }[]).filter(({ content }) => content.includes("remotely")).length;
    };
    expect([await found(), await found("work"), await found("home")]).toEqual([1, 1, 0]);
  });
});

describe("REST refuses with the documented status and a JSON body", () => {
  const id = "01890000-0000-7000-8000-000000000000";
  it.each([
    ["a missing field", "/v1/remember", { entity: "a" }, 422, "fact"],
    ["a wrong type", "/v1/recall", { query: 7 }, 422, "query"],
    ["a body that is no object", "/v1/recall", [1], 422, "object"],
    ["min_confidence out of range", "/v1/recall", { query: "", min_confidence: 2 }, 400, "min_confidence"],
    ["an unknown order", "/v1/recall_grouped", { query: "", order: "random" }, 400, "order"],
    ["an id that is none", "/v1/episodes/end", { episode_id: "x" }, 400, "episode_id"],
    ["an unknown outcome", "/v1/episodes/end", { episode_id: id, outcome: "maybe" }, 400, "outcome"],
    ["an unknown episode", "/v1/episodes/end", { episode_id: id }, 404, "Episode not found"],
    ["a text that is too long", "/v1/remember", { entity: "a", fact: "é".repeat(20_000) }, 400, "fact"],
    ["U+0000", "/v1/remember", { entity: "a\0", fact: "b" }, 400, "U+0000"],
    ["half a surrogate pair", "/v1/remember", { entity: "a", fact: "\ud800" }, 400, "surrogate"],
    ["a negative limit", "/v1/recall", { query: "", limit: -1 }, 400, "limit"],
    ["an infinite number", "/v1/remember", '{"entity":"a","fact":"b","confidence":1e999}', 422, "confidence"],
  ])("%s", async (_what, path, body, status, word) => {
    const answer = await post(path, body);
    expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(word)]);
    expect(answer.json).toMatchObject({
      error: expect.any(String),
      message: expect.any(String),
      detail: expect.any(String),
      request_id: answer.headers.get("x-request-id"),
    });
  });

  it.each([
    ["malformed JSON", "{", "application/json", 400],
    ["a name twice", '{"query":"a","query":"b"}', "application/json", 400],
    ["nesting too deep", `{"query":"a","x":${"[".repeat(50)}${"]".repeat(50)}}`, "application/json", 400],
    ["invalid UTF-8", new Uint8Array([123, 34, 255, 34, 58, 49, 125]), "application/json", 400],
    ["a form", "query=a", "application/x-www-form-urlencoded", 415],
    ["3 MB", `{"query":"${"a".repeat(3_000_000)}"}`, "application/json", 413],
  ])("%s", async (_what, body, type, status) => {
    const answer = await send(gateway.url(), "POST", "/v1/recall", { key, body, headers: { "content-type": type } });
    expect(answer.status).toBe(status);
    expect(answer.json).toMatchObject({ error: expect.any(String), detail: expect.any(String) });
  });

  it("__proto__ is a field like any other: unknown", async () => {
    const body = '{"__proto__":{"query":"a"},"constructor":{"prototype":{}}}';
    expect((await post("/v1/recall", body)).status).toBe(422);
    expect(Object.prototype).not.toHaveProperty("query");
  });

  it("unknown routes, wrong methods and what is not offered yet", async () => {
    expect(await get("/v1/nothing")).toMatchObject({ status: 404, json: { error: "not_found" } });
    const wrong = await get("/v1/recall");
    expect([wrong.status, wrong.headers.get("allow"), wrong.json["error"]]).toEqual([
      405,
      "POST",
      "method_not_allowed",
    ]);
    expect((await remove("/v1/entities/%E0%A4")).status).toBe(400);
    for (const path of ["/v1/activity/recent", "/v1/gdpr/erase/x", "/v1/a2a/agent-card", "/v1/feedback"]) {
      expect(await get(path)).toMatchObject({ status: 404, json: { detail: expect.stringContaining("not offer") } });
    }
  });
});
