import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AccessTokenPrincipal } from "#lib/auth/principal.ts";
import { newId } from "#lib/ids.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { gatewayEnv, sendRpc, type TestAnswer, toolDocument } from "#test/gateway.ts";
import { makeExchange } from "./exchange.ts";
import { makeGateway } from "./make-gateway.ts";
import { serveMcp } from "./mcp.ts";
import { setGatewaySettings } from "./settings.ts";
import { makeUsage } from "./usage.ts";

testDatabase();
const usage = makeUsage();
let principal: AccessTokenPrincipal;
let server: Server;

/** The MCP step behind a door that has verified an access token: tokens are not issued yet, what they may do is decided. */
beforeAll(async () => {
  const gateway = makeGateway(setGatewaySettings(gatewayEnv()), usage);
  principal = {
    kind: "access_token",
    userId: (await insertUser()).id,
    scope: "mcp:read",
    clientId: "c",
    grantId: newId(),
  };
  server = createServer((request, response) => {
    const exchange = makeExchange(gateway, request, response);
    exchange.principal = principal;
    void serveMcp(exchange);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  server.closeAllConnections();
  await usage.stop();
});

const rpc = (method: string, params: Record<string, unknown>): Promise<TestAnswer> =>
  sendRpc(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, "", method, params);

describe("BER-05: an access token whose scope is too narrow", () => {
  it("gets 403 and the scope to ask for, so that the client can step up", async () => {
    const answer = await rpc("tools/call", { name: "pensyve_remember", arguments: { entity: "a", fact: "b" } });
    expect(answer).toMatchObject({ status: 403, json: { error: "insufficient_scope" } });
    const header = answer.headers.get("www-authenticate");
    expect(header).toContain('error="insufficient_scope"');
    expect(header).toContain('scope="mcp:write"');
    expect(header).toContain("/.well-known/oauth-protected-resource/mcp");
  });

  it("still does what the scope allows, and lists that and nothing else", async () => {
    const listed = (await rpc("tools/list", {})).json as { result: { tools: unknown[] } };
    expect(listed.result.tools).toHaveLength(4);
    expect(toolDocument(await rpc("tools/call", { name: "pensyve_status", arguments: {} }))).toMatchObject({
      health: "ok",
    });
    expect(toolDocument(await rpc("tools/call", { name: "pensyve_account", arguments: {} }))).toMatchObject({
      credential: { kind: "access_token", client_id: "c", grant_id: principal.grantId, scope: "mcp:read" },
    });
  });

  it("attack 41: a tool that is not in the registry is unknown, not refused", async () => {
    expect((await rpc("tools/call", { name: "pensyve_purge", arguments: {} })).json).toMatchObject({
      error: { code: -32602 },
    });
  });
});
