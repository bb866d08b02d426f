import { beforeAll, describe, expect, it } from "vitest";
import { insertUser, testDatabase } from "#test/database.ts";
import { insertKey, send, sendRpc, type TestAnswer, testGateway, toolDocument } from "#test/gateway.ts";

testDatabase();
const gateway = testGateway();
let key = "";
let userId = "";

beforeAll(async () => {
  userId = (await insertUser()).id;
  key = (await insertKey(userId)).key;
});

const rpc = (method: string, params?: Record<string, unknown>) => sendRpc(gateway.url(), key, method, params);
const callTool = (name: string, args: unknown) => rpc("tools/call", { name, arguments: args });
const postMcp = (body: unknown, headers: Record<string, string> = {}) =>
  send(gateway.url(), "POST", "/mcp", { key, body, headers });

const TOOLS = [
  "account",
  "episode_end",
  "episode_start",
  "forget",
  "inspect",
  "observe",
  "recall",
  "remember",
  "status",
];
const INITIALIZE = {
  protocolVersion: "2025-06-18",
  capabilities: {},
  clientInfo: { name: "test", version: "1" },
};
const META = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": { name: "test", version: "1" },
  "io.modelcontextprotocol/clientCapabilities": {},
};
const modern = (method: string, params: Record<string, unknown>, headers: Record<string, string>) =>
  postMcp(
    { jsonrpc: "2.0", id: 1, method, params: { ...params, _meta: META } },
    { "mcp-protocol-version": "2026-07-28", ...headers },
  );

function rpcError(answer: TestAnswer): { code: number; message: string } {
  return answer.json["error"] as { code: number; message: string };
}

describe("older revisions", () => {
  it("LEG-01: initialize negotiates, needs no session, and names the server", async () => {
    const answer = await rpc("initialize", INITIALIZE);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("mcp-session-id")).toBeNull();
    expect(answer.json).toMatchObject({
      jsonrpc: "2.0",
      id: 1,
      result: { protocolVersion: "2025-06-18", serverInfo: { name: "pensyve-mcp" }, capabilities: { tools: {} } },
    });
    const old = await rpc("initialize", { ...INITIALIZE, protocolVersion: "2024-11-05" });
    expect(old.json).toMatchObject({ result: { protocolVersion: "2024-11-05", instructions: expect.any(String) } });
  });

  it.each(["application/json", "*/*", "application/json, text/event-stream", "text/html", undefined])(
    "LEG-02: Accept: %s is answered in JSON",
    async (accept) => {
      const body = { jsonrpc: "2.0", id: "x", method: "tools/list" };
      const answer = await postMcp(body, accept === undefined ? {} : { accept });
      expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/json"]);
    },
  );

  it("LEG-02: a client that accepts nothing but a stream gets one", async () => {
    const answer = await postMcp({ jsonrpc: "2.0", id: 1, method: "ping" }, { accept: "text/event-stream" });
    expect(answer.headers.get("content-type")).toContain("text/event-stream");
    expect(answer.text).toContain('"result":{}');
  });

  it("LEG-03, LEG-04: the protocol version header may be missing, but not unknown", async () => {
    const body = { jsonrpc: "2.0", id: 1, method: "ping" };
    expect((await postMcp(body)).status).toBe(200);
    expect((await postMcp(body, { "mcp-protocol-version": "1999-01-01" })).status).toBe(400);
  });

  it("LEG-05: malformed JSON is a parse error with id null", async () => {
    for (const body of ["{", "", '{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}']) {
      const answer = await postMcp(body, { "content-type": "application/json" });
      expect(answer).toMatchObject({ status: 400, json: { jsonrpc: "2.0", id: null, error: { code: -32700 } } });
    }
  });

  it("LEG-07: notifications get 202 and no body", async () => {
    const answer = await postMcp({ jsonrpc: "2.0", method: "notifications/initialized", params: {} });
    expect([answer.status, answer.text]).toEqual([202, ""]);
  });

  it("LEG-09: /sse does not exist", async () => {
    expect(await send(gateway.url(), "GET", "/v1/sse", { key })).toMatchObject({
      status: 404,
      json: { error: "not_found" },
    });
  });

  it("an unknown method is a JSON-RPC error; prompts and resources are empty lists", async () => {
    const answer = await rpc("no/such");
    expect([answer.status, rpcError(answer).code]).toEqual([200, -32601]);
    expect((await rpc("prompts/list")).json).toMatchObject({ result: { prompts: [] } });
    expect((await rpc("resources/list")).json).toMatchObject({ result: { resources: [] } });
  });

  it("TRN-08 S15: GET and DELETE, also of /mcp/, are 405 with Allow: POST", async () => {
    for (const [method, path] of [
      ["GET", "/mcp"],
      ["DELETE", "/mcp"],
      ["GET", "/mcp/"],
    ] as const) {
      const answer = await send(gateway.url(), method, path, { key });
      expect([answer.status, answer.headers.get("allow")]).toEqual([405, "POST"]);
    }
    expect(
      (await send(gateway.url(), "POST", "/mcp/", { key, body: { jsonrpc: "2.0", id: 1, method: "ping" } })).status,
    ).toBe(200);
  });
});

describe("revision 2026-07-28", () => {
  it("TRN-05: server/discover names the revision", async () => {
    const answer = await modern("server/discover", {}, { "mcp-method": "server/discover" });
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({
      result: { supportedVersions: ["2026-07-28"], cacheScope: expect.any(String) },
    });
  });

  it("TRN-09: tools/list is private to the credential, and a tool call has a result type", async () => {
    const list = await modern("tools/list", {}, { "mcp-method": "tools/list" });
    expect(list.json).toMatchObject({ result: { cacheScope: "private", ttlMs: 0, resultType: "complete" } });
    const call = await modern(
      "tools/call",
      { name: "pensyve_status", arguments: {} },
      { "mcp-method": "tools/call", "mcp-name": "pensyve_status" },
    );
    expect(call.json).toMatchObject({ result: { resultType: "complete" } });
    expect(toolDocument(call)).toMatchObject({ health: "ok" });
  });

  it("TRN-01, TRN-03: no envelope, and a revision nobody knows, are refused", async () => {
    const bare = { jsonrpc: "2.0", id: 1, method: "tools/list" };
    const answer = await postMcp(bare, { "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/list" });
    expect([answer.status, rpcError(answer).code]).toEqual([400, -32602]);
    const meta = { ...META, "io.modelcontextprotocol/protocolVersion": "2099-01-01" };
    const unknown = await postMcp(
      { ...bare, params: { _meta: meta } },
      { "mcp-protocol-version": "2099-01-01", "mcp-method": "tools/list" },
    );
    expect([unknown.status, rpcError(unknown).code]).toEqual([400, -32022]);
  });

  it("TRN-06: an unknown method is 404, subscriptions included: nothing here changes by itself", async () => {
    for (const method of ["no/such", "subscriptions/listen"]) {
      const answer = await modern(method, {}, { "mcp-method": method });
      expect([answer.status, rpcError(answer).code]).toEqual([404, -32601]);
    }
  });

  it("attack 39: TRN-02, TRN-14: headers that say another method or tool than the body are refused", async () => {
    const call = { name: "pensyve_remember", arguments: { entity: "mallory", fact: "was here" } };
    for (const headers of [
      { "mcp-method": "tools/list" },
      { "mcp-method": "tools/call", "mcp-name": "pensyve_recall" },
      { "mcp-method": "tools/call" },
    ]) {
      const answer = await modern("tools/call", call, headers as Record<string, string>);
      expect([answer.status, rpcError(answer).code]).toEqual([400, -32020]);
    }
    const inspected = await callTool("pensyve_inspect", { entity: "mallory" });
    expect(toolDocument(inspected)).toMatchObject({ memories: [] });
  });

  it("TRN-07: a notification gets 202 and no body", async () => {
    const body = { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1, _meta: META } };
    const headers = { "mcp-protocol-version": "2026-07-28", "mcp-method": "notifications/cancelled" };
    const answer = await postMcp(body, headers);
    expect([answer.status, answer.text]).toEqual([202, ""]);
  });

  it("TRN-15: own refusals use none of the codes that the protocol keeps for itself", async () => {
    for (const body of ["{", [], {}, { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "x" } }]) {
      const answer = await postMcp(body, { "content-type": "application/json" });
      const { code } = rpcError(answer);
      expect(code <= -32020 && code >= -32099).toBe(false);
      expect([-32002, -32042]).not.toContain(code);
    }
  });

  it("TRN-12: session and resume headers mean nothing", async () => {
    const headers = { "mcp-method": "tools/list", "mcp-session-id": "x", "last-event-id": "7" };
    const answer = await modern("tools/list", {}, headers);
    expect([answer.status, answer.headers.get("mcp-session-id")]).toEqual([200, null]);
  });
});

describe("tools", () => {
  it("nine, by name, with a schema that tells what may be null", async () => {
    const { result } = (await rpc("tools/list")).json as { result: { tools: Record<string, unknown>[] } };
    expect(result.tools.map(({ name }) => name)).toEqual(TOOLS.map((name) => `pensyve_${name}`));
    const recall = result.tools.find(({ name }) => name === "pensyve_recall");
    expect(recall).toMatchObject({
      inputSchema: {
        $schema: "https://json-schema.org/draft/2020-12/schema",
        title: "RecallParams",
        type: "object",
        required: ["query"],
        properties: {
          query: { type: "string" },
          entity: { type: ["string", "null"] },
          limit: { type: ["integer", "null"], format: "uint32", minimum: 0 },
          types: { type: ["array", "null"], items: { type: "string" } },
          min_confidence: { type: ["number", "null"], format: "double" },
        },
      },
      annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
    });
    expect(recall?.["inputSchema"]).not.toHaveProperty("additionalProperties");
    const forget = result.tools.find(({ name }) => name === "pensyve_forget");
    expect(forget).toMatchObject({ annotations: { readOnlyHint: false, destructiveHint: true } });
  });

  it("remember and recall: one text item that holds a JSON document, and no isError", async () => {
    const remembered = await callTool("pensyve_remember", {
      entity: "alice",
      fact: "prefers dark mode",
      confidence: 0.9,
    });
    expect(remembered.status).toBe(200);
    expect(remembered.json["result"]).not.toHaveProperty("isError");
    expect(toolDocument(remembered)).toMatchObject({ predicate: "prefers", object: "dark mode", content_type: "Text" });
    const recalled = await callTool("pensyve_recall", { query: "dark mode", limit: 5, entity: null, types: null });
    expect(toolDocument(recalled)).toMatchObject([
      { predicate: "prefers", object: "dark mode", _type: "semantic", _score: expect.any(Number) },
    ]);
    expect(recalled.text.toLowerCase()).not.toContain("error");
  });

  it("an episode from start to end", async () => {
    const started = toolDocument(await callTool("pensyve_episode_start", { participants: ["user", "assistant"] }));
    const id = started["episode_id"];
    const observed = await callTool("pensyve_observe", {
      episode_id: id,
      content: "said hello",
      source_entity: "user",
      about_entity: "assistant",
    });
    expect(toolDocument(observed)).toMatchObject({ episode_id: id, content_type: "text" });
    const ended = toolDocument(await callTool("pensyve_episode_end", { episode_id: id, outcome: "success" }));
    expect(ended).toMatchObject({
      episode_id: id,
      memories_created: 1,
      outcome: "success",
      ended_at: expect.any(String),
    });
  });

  it("forget, then inspect: the entity is still there and knows nothing", async () => {
    await callTool("pensyve_remember", { entity: "bob", fact: "likes tea" });
    await callTool("pensyve_remember", { entity: "bob", fact: "likes rain" });
    const inspected = async () => toolDocument(await callTool("pensyve_inspect", { entity: "bob" }));
    expect(await inspected()).toMatchObject({ entity: "bob", memory_count: 2, memories: [{ _type: "semantic" }, {}] });
    const forgotten = toolDocument(await callTool("pensyve_forget", { entity: "bob", hard_delete: true }));
    expect(forgotten).toEqual({ entity: "bob", entity_id: expect.any(String), forgotten_count: 2 });
    expect(await inspected()).toMatchObject({ entity: "bob", entity_id: expect.any(String), memory_count: 0 });
    const nobody = toolDocument(await callTool("pensyve_forget", { entity: "nobody" }));
    expect(nobody).toEqual({ entity: "nobody", forgotten_count: 0, message: expect.any(String) });
  });

  it("account and status", async () => {
    expect(toolDocument(await callTool("pensyve_account", {}))).toMatchObject({
      mode: "remote",
      dashboard_url: "http://localhost:3000/keys",
      scope: "mcp",
      credential: { kind: "api_key", prefix: key.slice(0, 8) },
      limits: { requests_per_minute: 1_000_000 },
      usage: { by_operation: expect.any(Object) },
    });
    expect(toolDocument(await callTool("pensyve_status", {}))).toMatchObject({
      mode: "remote",
      namespace: `tenant:${userId}`,
      namespace_id: expect.any(String),
      stats: { total_memories: expect.any(Number), vector_index_size: 0 },
      health: "ok",
    });
  });

  it("10 at the same time all work", async () => {
    const calls = Array.from({ length: 10 }, (_, index) =>
      callTool("pensyve_remember", { entity: `parallel ${index}`, fact: "runs beside others" }),
    );
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual(Array(10).fill(200));
  });

  it("wrong shapes and unknown tools are JSON-RPC errors, wrong values are results that say so", async () => {
    expect(rpcError(await callTool("pensyve_recall", { query: 7 })).code).toBe(-32602);
    expect(rpcError(await callTool("pensyve_recall", {})).code).toBe(-32602);
    expect(rpcError(await callTool("pensyve_nothing", {}))).toMatchObject({ code: -32602, message: "tool not found" });
    const wrong: [string, Record<string, unknown>, string][] = [
      ["pensyve_recall", { query: "a", min_confidence: 2 }, "min_confidence"],
      ["pensyve_episode_end", { episode_id: "nope" }, "Invalid episode_id: 'nope'"],
      ["pensyve_episode_end", { episode_id: "01890000-0000-7000-8000-000000000000" }, "Episode not found: 01890000"],
      [
        "pensyve_episode_end",
        { episode_id: "01890000-0000-7000-8000-000000000000", outcome: "x" },
        "Unknown outcome 'x'",
      ],
      ["pensyve_remember", { entity: "a", fact: "x".repeat(40_000) }, "longer than"],
    ];
    for (const [name, args, words] of wrong) {
      const answer = await callTool(name, args);
      expect(answer).toMatchObject({ status: 200, json: { result: { isError: true } } });
      expect(answer.text).toContain(words);
    }
  });

  it("attack 40: LEG-06: a batch, nesting, a huge number and a call without an id do nothing", async () => {
    const call = (id: number | undefined) => ({
      jsonrpc: "2.0",
      ...(id === undefined ? {} : { id }),
      method: "tools/call",
      params: { name: "pensyve_remember", arguments: { entity: "eve", fact: "was here" } },
    });
    const batch = await postMcp([call(1), call(2)]);
    expect([batch.status, rpcError(batch).code]).toEqual([400, -32600]);
    expect((await postMcp(call(undefined))).status).toBe(202);
    const deep = `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":${"[".repeat(5000)}${"]".repeat(5000)}}}`;
    expect((await postMcp(deep)).status).toBe(400);
    expect((await postMcp('{"jsonrpc":"2.0","id":1e999,"method":"ping"}')).status).toBe(400);
    expect(
      (await postMcp('{"__proto__":{"method":"tools/call"},"jsonrpc":"2.0","id":1,"method":"ping"}')).status,
    ).toBeLessThan(500);
    expect((await postMcp(new Uint8Array([0x7b, 0xff, 0x7d]))).status).toBe(400);
    expect((await postMcp("a".repeat(3_000_000))).status).toBe(413);
    expect(toolDocument(await callTool("pensyve_inspect", { entity: "eve" }))).toMatchObject({ memories: [] });
  });

  it("attack 36: 200 clients at once with equal JSON-RPC ids get their own answers", async () => {
    const users = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const user = await insertUser();
        return { id: user.id, key: (await insertKey(user.id)).key };
      }),
    );
    const asked = Array.from({ length: 200 }, (_, index) => users[index % users.length]);
    const answers = await Promise.all(
      asked.map((user) =>
        sendRpc(gateway.url(), user?.key ?? "", "tools/call", { name: "pensyve_status", arguments: {} }),
      ),
    );
    for (const [index, answer] of answers.entries()) {
      expect(toolDocument(answer)).toMatchObject({ namespace: `tenant:${asked[index]?.id}` });
    }
  });
});
