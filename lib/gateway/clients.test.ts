import { request } from "node:http";
import { Client as ModernClient, StreamableHTTPClientTransport as ModernTransport } from "@modelcontextprotocol/client";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { beforeAll, describe, expect, it } from "vitest";
import { insertUser, testDatabase } from "#test/database.ts";
import { insertKey, send, testGateway } from "#test/gateway.ts";

testDatabase();
const gateway = testGateway();
let key = "";

beforeAll(async () => {
  key = (await insertKey((await insertUser()).id)).key;
});

type Result = { content: { type: string; text?: string }[]; isError?: boolean };
type AnyClient = { callTool(params: { name: string; arguments: Record<string, unknown> }): Promise<unknown> };

/** What a program does with any of the official clients. */
async function rememberAndRecall(client: AnyClient, words: string): Promise<Result> {
  const remembered = { entity: words, fact: `talks through ${words}` };
  await client.callTool({ name: "pensyve_remember", arguments: remembered });
  return (await client.callTool({ name: "pensyve_recall", arguments: { query: words } })) as Result;
}

const requestInit = () => ({ headers: { Authorization: `Bearer ${key}` } });
const mcpUrl = () => new URL(`${gateway.url()}/mcp`);

describe("official MCP clients with a static key", () => {
  it("TypeScript SDK 1.x: connects, lists and calls", async () => {
    const client = new Client({ name: "sdk-one", version: "1.0.0" });
    await client.connect(new StreamableHTTPClientTransport(mcpUrl(), { requestInit: requestInit() }) as never);
    expect(client.getServerVersion()).toMatchObject({ name: "pensyve-mcp" });
    expect((await client.listTools()).tools).toHaveLength(9);
    expect((await rememberAndRecall(client, "sdk-one")).content[0]?.text).toContain("through sdk-one");
    await client.close();
  });

  it.each([
    ["2.x, negotiating", { mode: "auto" as const }],
    ["2.x, as it comes", undefined],
  ])("TypeScript SDK %s", async (_what, versionNegotiation) => {
    const options = versionNegotiation ? { versionNegotiation } : {};
    const client = new ModernClient({ name: "sdk-two", version: "1.0.0" }, options);
    await client.connect(new ModernTransport(mcpUrl(), { requestInit: requestInit() }));
    expect((await client.listTools()).tools).toHaveLength(9);
    expect((await rememberAndRecall(client, "sdk-two")).content[0]?.text).toContain("through sdk-two");
    await client.close();
  });

  it("a key that is not valid is an error, and no sign-in is started", async () => {
    const client = new Client({ name: "sdk-one", version: "1.0.0" });
    const transport = new StreamableHTTPClientTransport(mcpUrl(), {
      requestInit: { headers: { Authorization: "Bearer psy_no" } },
    });
    await expect(client.connect(transport as never)).rejects.toThrow();
  });
});

describe("requests as clients send them", () => {
  type Sent = { method: string; path: string; headers: Record<string, string>; body?: string; chunked?: boolean };
  const replay = ({
    method,
    path,
    headers,
    body,
    chunked,
  }: Sent): Promise<{ status: number; json: Record<string, unknown> }> =>
    new Promise((resolve, reject) => {
      const length = body !== undefined && !chunked ? { "content-length": String(Buffer.byteLength(body)) } : {};
      const sent = request(`${gateway.url()}${path}`, { method, headers: { ...headers, ...length } }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, json: JSON.parse(Buffer.concat(chunks).toString()) }),
        );
      });
      sent.on("error", reject);
      if (body !== undefined && chunked) for (let at = 0; at < body.length; at += 7) sent.write(body.slice(at, at + 7));
      sent.end(chunked ? undefined : body);
    });
  const authorization = () => `Bearer ${key}`;

  it("the editor extension: chunked, no user agent", async () => {
    const headers = { accept: "application/json", authorization: authorization(), "content-type": "application/json" };
    const body = JSON.stringify({ query: "über alles", limit: 5 });
    expect(await replay({ method: "POST", path: "/v1/recall", headers, body, chunked: true })).toMatchObject({
      status: 200,
      json: { memories: expect.any(Array) },
    });
  });

  it("the Python client: a content type on requests without a body, limit always set", async () => {
    const headers = {
      authorization: authorization(),
      "content-type": "application/json",
      "user-agent": "python-httpx/0.28.1",
      accept: "*/*",
    };
    expect(await replay({ method: "GET", path: "/v1/stats", headers })).toMatchObject({
      status: 200,
      json: { entities: expect.any(Number) },
    });
    expect(await replay({ method: "DELETE", path: "/v1/entities/no%20body?hard_delete=true", headers })).toMatchObject({
      status: 200,
    });
    const inspect = JSON.stringify({ entity: "x", limit: 50, cursor: null });
    expect(await replay({ method: "POST", path: "/v1/inspect", headers, body: inspect })).toMatchObject({
      status: 200,
    });
    const remember = JSON.stringify({ entity: "x", fact: "y z", confidence: 0.8 });
    expect(await replay({ method: "POST", path: "/v1/remember", headers, body: remember })).toMatchObject({
      status: 201,
      json: { extraction_tier: 1 },
    });
  });

  it("the Go client: an episode by the spelling with ids in the body, each answer an object", async () => {
    const headers = {
      authorization: authorization(),
      "content-type": "application/json",
      "user-agent": "Go-http-client/1.1",
      "accept-encoding": "gzip",
    };
    const post = (path: string, body: unknown) => replay({ method: "POST", path, headers, body: JSON.stringify(body) });
    const { json } = await post("/v1/episodes/start", { participants: ["alice", "bob"] });
    const episode_id = json["episode_id"];
    expect(await post("/v1/episodes/message", { episode_id, role: "user", content: "hi" })).toMatchObject({
      json: { status: "ok" },
    });
    expect(await post("/v1/episodes/end", { episode_id, outcome: "success" })).toMatchObject({
      json: { memories_created: 1 },
    });
    expect(await post("/v1/episodes/end", { episode_id: "nope" })).toMatchObject({
      status: 400,
      json: { detail: expect.any(String) },
    });
  });

  it("the Hermes plugin: nulls for what is not set, both types accepted, JSON expected", async () => {
    const headers = {
      authorization: authorization(),
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
    };
    const call = {
      name: "pensyve_recall",
      arguments: { query: "talks", entity: null, types: null, limit: 8, min_confidence: null },
    };
    const message = { jsonrpc: "2.0", id: 7, method: "tools/call", params: call };
    const answer = await replay({ method: "POST", path: "/mcp", headers, body: JSON.stringify(message) });
    const { content } = answer.json["result"] as Result;
    const rows = JSON.parse(content.map(({ text }) => text).join("\n"));
    expect(rows).toBeInstanceOf(Array);
  });

  it("the shared clients: an empty query for everything, an unencoded slash", async () => {
    const all = await send(gateway.url(), "POST", "/v1/recall", { key, body: { query: "", entity: "x", limit: 100 } });
    expect(all.status).toBe(200);
    expect((await send(gateway.url(), "DELETE", "/v1/entities/user_1/memories", { key })).status).toBe(200);
  });
});
