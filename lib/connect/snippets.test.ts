import { beforeAll, describe, expect, it } from "vitest";
import { testAuthorizationServer } from "#test/authorization-server.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { insertKey } from "#test/gateway.ts";
import type { Connection } from "#test/snippets/connection.ts";
import { hasCommand, runGo, runPython, runTypeScript } from "#test/snippets/read-code.ts";
import { plain, readConfiguration } from "#test/snippets/read-configuration.ts";
import { readTerminal, terminalRun } from "#test/snippets/read-terminal.ts";
import { CLIENTS } from "./clients.ts";
import { METHODS, type Method, type Snippet, SYSTEMS, type System } from "./snippet.ts";
import { snippetFor } from "./snippet-for.ts";

testDatabase();
const server = testAuthorizationServer();
const hasPython = await hasCommand("python3", "--version");
const hasGo = await hasCommand("go", "version");
const TOOLS = 9;
let key = "";

beforeAll(async () => {
  const { id } = await insertUser();
  key = (await insertKey(id)).key;
});

/** Every client, way of signing in and system for which there is a snippet. */
const CASES = CLIENTS.flatMap(({ id }) =>
  METHODS.flatMap((method) => SYSTEMS.map((system) => ({ client: id, method, system }))),
).filter((wanted) => make({ ...wanted, origin: "http://localhost:3000" }) !== undefined);

describe("what a client reads out of its snippet connects", () => {
  it.each(CASES)("$client, $method, $system", async (wanted) => {
    const snippet = make({ ...wanted, origin: server.url(), key: wanted.method === "key" ? key : undefined });
    if (snippet === undefined) throw new Error("The list of cases has one too many.");
    if (snippet.kind === "code" && wanted.system !== "linux") return await expectSameProgram(wanted, snippet);
    if (skipped(snippet)) return;
    const connection = await connectionOf(wanted.client, snippet);
    // Programs of an SDK have connected by themselves.
    if (connection === undefined) return;
    await (wanted.method === "key" ? expectKeyWorks(connection) : expectSignInStarts(connection));
  });

  it("leaves no client out: each has at least one way, and a reason for the other", () => {
    for (const { id, label } of CLIENTS) {
      const ways = METHODS.map((method) =>
        snippetFor({ client: id, method, ...address("http://localhost:3000"), system: "linux" }),
      );
      expect(
        ways.some(({ kind }) => kind !== "none"),
        id,
      ).toBe(true);
      for (const way of ways)
        if (way.kind === "none") expect(way.reason, label).toMatch(/^.+\. Use (OAuth|an API key)\.$/);
    }
  });
});

describe("a deep link", () => {
  const LINKED = CASES.flatMap((wanted) => {
    const link = make({ ...wanted, origin: "http://localhost:3000" })?.deepLink;
    return link === undefined || wanted.system !== "linux" ? [] : [wanted];
  });

  it("exists for Cursor and VS Code, with a key and with OAuth", () => {
    expect(LINKED.map(({ client, method }) => `${client} ${method}`).sort()).toEqual([
      "cursor key",
      "cursor oauth",
      "vs-code key",
      "vs-code oauth",
    ]);
  });

  it.each(LINKED)("of $client, $method, decodes to what the file says, and connects", async (wanted) => {
    const snippet = make({ ...wanted, origin: server.url(), key: wanted.method === "key" ? key : undefined });
    const url = new URL(snippet?.deepLink?.url ?? "");
    const linked =
      url.protocol === "cursor:"
        ? JSON.parse(Buffer.from(url.searchParams.get("config") ?? "", "base64").toString())
        : JSON.parse(decodeURIComponent(url.search.slice(1)));
    const file = JSON.parse(snippet?.text ?? "{}");
    const { name, inputs, ...definition } = linked;
    expect(definition).toEqual((file.mcpServers ?? file.servers).pensyve);
    expect(inputs).toEqual(file.inputs);
    expect(name ?? url.searchParams.get("name")).toBe("pensyve");
    if (wanted.method === "oauth") return await expectSignInStarts(plain(definition));
    const filled = JSON.stringify(definition).replace(/\$\{(env:PENSYVE_API_KEY|input:pensyve-key)\}/, key);
    await expectKeyWorks(plain(JSON.parse(filled)));
  });

  it.each(LINKED)("of $client, $method, never holds the key", (wanted) => {
    const snippet = make({ ...wanted, origin: server.url(), key });
    expect(snippet?.deepLink?.url).not.toContain(key);
    expect(decodeURIComponent(snippet?.deepLink?.url ?? "")).not.toContain(
      Buffer.from(key).toString("base64").slice(4, -4),
    );
  });
});

describe("a variable that a client does not fill in", () => {
  it("reaches the server as it stands, and is told so", async () => {
    const response = await rpc(
      { url: `${server.url()}/mcp`, headers: { Authorization: "Bearer ${PENSYVE_API_KEY}" } },
      "tools/list",
    );
    expect(response.status).toBe(401);
    expect(await response.text()).toMatch(/PENSYVE_API_KEY/);
  });
});

/** A program is the same everywhere, so it is proven once; what differs is how its variable is set. */
async function expectSameProgram(wanted: { client: string; method: Method }, { text, environment }: Snippet) {
  const given = wanted.method === "key" ? key : undefined;
  expect(text).toBe(make({ ...wanted, system: "linux", origin: server.url(), key: given })?.text);
  if (environment === undefined) return;
  const { variables } = await terminalRun(environment.format, environment.text);
  expect(variables).toEqual({ PENSYVE_API_KEY: key });
}

function address(origin: string) {
  return { mcpUrl: `${origin}/mcp`, apiUrl: origin };
}

function make(wanted: {
  client: string;
  method: Method;
  system: System;
  origin: string;
  key?: string | undefined;
}): Snippet | undefined {
  const { origin, ...rest } = wanted;
  const snippet = snippetFor({ ...rest, ...address(origin) });
  return snippet.kind === "none" ? undefined : snippet;
}

/** Says which language is missing: the snippet is then not proven on this machine. */
function skipped({ format }: Snippet): boolean {
  const isMissing = (format === "python" && !hasPython) || (format === "go" && !hasGo);
  if (isMissing) process.stderr.write(`Not proven: a snippet in ${format}, which is not on this machine.\n`);
  return isMissing;
}

/** What the client would do, found out in its own way; undefined when the snippet is a program that has done it. */
async function connectionOf(client: string, snippet: Snippet): Promise<Connection | undefined> {
  const { environment } = snippet;
  const variables =
    environment === undefined ? {} : (await terminalRun(environment.format, environment.text)).variables;
  if (snippet.kind === "file") return readConfiguration(client, snippet, variables);
  if (snippet.kind === "command") return await readTerminal(snippet);
  if (snippet.kind === "form") return { url: snippet.text, headers: {} };
  if (snippet.format === "python") return await runPython(snippet.text, variables);
  if (snippet.format === "typescript") return await runTypeScript(snippet.text, variables);
  await runGo(snippet.text, variables);
  return undefined;
}

async function rpc({ url, headers }: Connection, method: string): Promise<Response> {
  const clientInfo = { name: "test", version: "1" };
  const params = method === "initialize" ? { protocolVersion: "2025-06-18", capabilities: {}, clientInfo } : {};
  return await fetch(url, {
    method: "POST",
    headers: { ...headers, "Content-Type": "application/json", Accept: "application/json, text/event-stream" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
}

async function expectKeyWorks(connection: Connection): Promise<void> {
  expect(connection.headers).toEqual({ Authorization: `Bearer ${key}` });
  if (!connection.url.endsWith("/mcp")) return await expectRestWorks(connection);
  expect(connection.url).toBe(`${server.url()}/mcp`);
  expect(await (await rpc(connection, "initialize")).json()).toMatchObject({ result: { serverInfo: {} } });
  const listed = (await (await rpc(connection, "tools/list")).json()) as { result: { tools: unknown[] } };
  expect(listed.result.tools).toHaveLength(TOOLS);
}

async function expectRestWorks({ url, headers }: Connection): Promise<void> {
  expect(new URL(url).origin).toBe(server.url());
  const response = await fetch(`${server.url()}/v1/recall`, {
    method: "POST",
    headers: { ...headers, "Content-Type": "application/json" },
    body: JSON.stringify({ query: "user preferences" }),
  });
  expect(response.status).toBe(200);
}

/** Without a header: 401, whose challenge leads to a server where the client can register and ask (RFC 9728, RFC 8414). */
async function expectSignInStarts(connection: Connection): Promise<void> {
  expect(connection).toEqual({ url: `${server.url()}/mcp`, headers: {} });
  const refused = await rpc(connection, "initialize");
  expect(refused.status).toBe(401);
  const challenge = refused.headers.get("www-authenticate") ?? "";
  const metadata = /resource_metadata="([^"]+)"/.exec(challenge)?.[1] ?? "";
  const resource = (await (await fetch(metadata)).json()) as { resource: string; authorization_servers: string[] };
  expect(resource.resource).toBe(connection.url);
  const issuer = resource.authorization_servers[0] ?? "";
  const found = await (await fetch(`${issuer}/.well-known/oauth-authorization-server`)).json();
  expect(found).toMatchObject({
    issuer,
    authorization_endpoint: expect.any(String),
    registration_endpoint: expect.any(String),
  });
}
