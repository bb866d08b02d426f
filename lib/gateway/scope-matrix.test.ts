import { beforeAll, describe, expect, it } from "vitest";
import { db } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { SCOPES, type Scope, scopeAllows } from "#lib/scopes.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { exampleRequest } from "#test/example-requests.ts";
import { insertKey, send, sendRpc, testGateway } from "#test/gateway.ts";
import type { ProtectedOperation } from "./operation.ts";
import { OPERATIONS } from "./operations.ts";

testDatabase();
const gateway = testGateway();
const keys = new Map<Scope, string>();
let userId = "";

beforeAll(async () => {
  userId = (await insertUser()).id;
  for (const scope of SCOPES) keys.set(scope, (await insertKey(userId, scope)).key);
});

const PROTECTED = OPERATIONS.filter((operation): operation is ProtectedOperation => operation.access !== "public");
const TOOLS = OPERATIONS.flatMap(({ tool, access, name }) => (tool ? [{ tool, access, name }] : []));
const keyOf = (scope: Scope): string => keys.get(scope) ?? "";

/** The scopes as the documentation of the service gives them, written out so that a change of the registry is noticed. */
const READ = ["recall", "recall_grouped", "inspect", "status", "account", "get_entity"];
const WRITE = [
  "remember",
  "observe",
  "episode_start",
  "episode_message",
  "episode_end",
  "create_entity",
  "forget",
  "delete_memory",
];

describe("attack 42: callable if and only if listed", () => {
  it.each(SCOPES)("REST, %s: GET /v1/me names exactly what is not refused with 403", async (scope) => {
    const listed = (await send(gateway.url(), "GET", "/v1/me", { key: keyOf(scope) })).json["operations"] as string[];
    for (const operation of PROTECTED) {
      const example = await exampleRequest(operation, userId);
      for (const { method, path } of example.requests) {
        const answer = await send(gateway.url(), method, path, { key: keyOf(scope), body: example.body });
        const isListed = listed.includes(operation.name);
        // Where two share a route, the other may answer, and does so with its own status.
        const mayOtherAnswer = operation.name === "create_entity" || operation.name === "get_entity";
        const wanted = (status: number): boolean =>
          isListed ? status < 300 : status === 403 || (mayOtherAnswer && status < 300 && status !== operation.status);
        const asked = [scope, operation.name, method, path];
        expect([...asked, answer.status]).toEqual([...asked, expect.toSatisfy(wanted)]);
      }
    }
  });

  it.each(SCOPES)("MCP, %s: tools/list names exactly what can be called", async (scope) => {
    const { result } = (await sendRpc(gateway.url(), keyOf(scope), "tools/list")).json as {
      result: { tools: { name: string }[] };
    };
    const listed = result.tools.map(({ name }) => name);
    for (const { tool, name } of TOOLS) {
      const example = await exampleRequest(OPERATIONS.find((one) => one.name === name) as ProtectedOperation, userId);
      const args = { ...example.parameters, ...example.body };
      const answer = await sendRpc(gateway.url(), keyOf(scope), "tools/call", { name: tool.name, arguments: args });
      const refused = (answer.json["result"] as { isError?: boolean }).isError === true;
      expect([tool.name, answer.status, refused]).toEqual([tool.name, 200, !listed.includes(tool.name)]);
    }
  });

  it("BER-14: each operation has an access, and the narrow scopes get what the documentation says", () => {
    const names = (scope: string): string[] =>
      PROTECTED.filter(({ access }) => access !== "any" && scopeAllows(scope, access)).map(({ name }) => name);
    expect(names("mcp:read")).toEqual(PROTECTED.map(({ name }) => name).filter((name) => READ.includes(name)));
    expect(names("mcp:write")).toEqual(PROTECTED.map(({ name }) => name).filter((name) => WRITE.includes(name)));
    expect(names("mcp")).toHaveLength(PROTECTED.length - 1);
    expect([names(""), names("admin"), names("mcp:admin")]).toEqual([[], [], []]);
  });
});

describe("a scope that is too narrow", () => {
  it("BER-05: REST answers 403 and names the scope that would do", async () => {
    const answer = await send(gateway.url(), "POST", "/v1/remember", {
      key: keyOf("mcp:read"),
      body: { entity: "a", fact: "b" },
    });
    expect(answer).toMatchObject({
      status: 403,
      json: { error: "insufficient_scope", detail: expect.stringContaining("mcp:write") },
    });
    const header = answer.headers.get("www-authenticate");
    expect(header).toContain('error="insufficient_scope"');
    expect(header).toContain('scope="mcp:write"');
    expect(header).toContain("resource_metadata=");
  });

  it("BER-10: MCP answers a key with 200 and a tool error that names the scope", async () => {
    const answer = await sendRpc(gateway.url(), keyOf("mcp:read"), "tools/call", {
      name: "pensyve_remember",
      arguments: { entity: "a", fact: "b" },
    });
    expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([200, null]);
    expect(answer.json).toMatchObject({
      result: {
        isError: true,
        content: [{ text: "Insufficient scope: pensyve_remember requires mcp:write, key has mcp:read" }],
      },
    });
  });

  it("BER-13: a tool that is not in the list of the credential cannot be called by its name", async () => {
    const { result } = (await sendRpc(gateway.url(), keyOf("mcp:write"), "tools/list")).json as {
      result: { tools: unknown[] };
    };
    expect(result.tools).toHaveLength(5);
    const answer = await sendRpc(gateway.url(), keyOf("mcp:write"), "tools/call", {
      name: "pensyve_recall",
      arguments: { query: "" },
    });
    expect(answer.json).toMatchObject({ result: { isError: true } });
  });

  it("initialize, ping and tools/list work with any scope", async () => {
    for (const scope of SCOPES) {
      for (const method of ["ping", "tools/list"]) {
        expect((await sendRpc(gateway.url(), keyOf(scope), method)).json).toHaveProperty("result");
      }
    }
  });

  it("a read-only key gets an existing entity and cannot create one", async () => {
    const name = `entity ${newId()}`;
    const ask = (scope: Scope) =>
      send(gateway.url(), "POST", "/v1/entities", { key: keyOf(scope), body: { name, kind: "user" } });
    expect(await ask("mcp:read")).toMatchObject({ status: 403, json: { error: "insufficient_scope" } });
    expect(await db().entity.count({ where: { name } })).toBe(0);
    expect((await ask("mcp:write")).status).toBe(201);
    expect(await ask("mcp:read")).toMatchObject({ status: 200, json: { name, kind: "user" } });
  });

  it("attack 2: no key of any scope can make, change or list keys", async () => {
    for (const scope of SCOPES) {
      for (const path of ["/v1/keys", "/v1/api-keys", "/v1/users"]) {
        const body = { name: "x", scope: "mcp", userId };
        expect((await send(gateway.url(), "POST", path, { key: keyOf(scope), body })).status).toBe(404);
      }
    }
    expect(await db().apiKey.count({ where: { userId } })).toBe(SCOPES.length);
  });
});
