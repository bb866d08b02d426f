import { expect, test } from "vitest";
import { AuthorizationDouble, SERVER } from "../test/authorization-double.ts";
import type { Fetch } from "./ask-json.ts";
import { discover } from "./discovery.ts";

/** The documents of a server, some of their members replaced. */
function documents(changes: { resource?: object; metadata?: object; server?: string }): Fetch {
  const { server = SERVER } = changes;
  const metadata = new AuthorizationDouble().metadata();
  const resource = { resource: `${server}/mcp`, authorization_servers: [SERVER] };
  return async (input) =>
    String(input).includes("/oauth-protected-resource/mcp")
      ? Response.json({ ...resource, ...changes.resource })
      : Response.json({ ...metadata, ...changes.metadata });
}

test("the endpoints are those that the server's documents name", async () => {
  expect(await discover(documents({}), SERVER)).toEqual({
    issuer: SERVER,
    authorizationEndpoint: `${SERVER}/oauth/authorize`,
    tokenEndpoint: `${SERVER}/oauth/token`,
    revocationEndpoint: `${SERVER}/oauth/revoke`,
    resource: `${SERVER}/mcp`,
    hasOfflineAccess: true,
  });
});

test("a server that can neither revoke nor refresh is taken as it is", async () => {
  const metadata = { revocation_endpoint: undefined, scopes_supported: ["mcp"] };
  const found = await discover(documents({ metadata }), SERVER);
  expect(found).toMatchObject({ revocationEndpoint: undefined, hasOfflineAccess: false });
});

test("the names of this computer stand for each other, on the same port", async () => {
  const resource = { resource: "http://localhost:3000/mcp" };
  expect((await discover(documents({ resource }), "http://127.0.0.1:3000")).resource).toBe("http://localhost:3000/mcp");
  await expect(discover(documents({ resource }), "http://127.0.0.1:3001")).rejects.toThrow("Set pensyve.serverUrl");
});

test.each([
  ["describes another resource, whose tokens it would get", { resource: { resource: "https://bank.example/mcp" } }],
  ["describes no resource", { resource: { resource: undefined } }],
  ["names no authorization server", { resource: { authorization_servers: [] } }],
  ["names an authorization server without TLS", { resource: { authorization_servers: ["http://auth.example"] } }],
  ["has the metadata of another issuer", { metadata: { issuer: "https://other.example" } }],
  ["knows PKCE only in plain", { metadata: { code_challenge_methods_supported: ["plain"] } }],
  ["does not know PKCE", { metadata: { code_challenge_methods_supported: undefined } }],
  ["has no token endpoint", { metadata: { token_endpoint: undefined } }],
  ["wants the code without TLS", { metadata: { token_endpoint: "http://memory.example.org/oauth/token" } }],
  ["opens something that is no web page", { metadata: { authorization_endpoint: "javascript:alert(1)" } }],
])("a server that %s is refused, and nothing is opened", async (_, changes) => {
  await expect(discover(documents(changes), SERVER)).rejects.toMatchObject({ name: "Refusal" });
});

test("a server without sign-in is refused with the way to a key", async () => {
  const fetch: Fetch = async () => Response.json({ error: "not_found" }, { status: 404 });
  await expect(discover(fetch, SERVER)).rejects.toMatchObject({ next: "sign_in_with_key" });
});

test.each([
  ["does not answer", () => Promise.reject(new TypeError("fetch failed"))],
  ["answers with a page", () => Promise.resolve(new Response("<html>", { status: 502 }))],
])("when the server %s, it can be tried again", async (_, fetch) => {
  await expect(discover(fetch, SERVER)).rejects.toMatchObject({ name: "Refusal", next: "retry" });
});

test("documents are never fetched through a redirect", async () => {
  const modes: unknown[] = [];
  const inner = documents({});
  await discover((input, init) => {
    modes.push(init?.redirect);
    return inner(input, init);
  }, SERVER);
  expect(modes).toEqual(["error", "error"]);
});
