import { beforeAll, expect, test } from "vitest";
import { newId } from "#lib/ids.ts";
import { testAuthorizationServer, tokenClaims } from "#test/authorization-server.ts";
import { insertUser, testDatabase } from "#test/database.ts";

testDatabase();
const server = testAuthorizationServer();
let clientId = "";
beforeAll(async () => {
  clientId = (await server.register({ client_name: newId() })).json.client_id;
});

const grantedFor = async (scope: string | undefined, allowed: string) => {
  const user = await insertUser();
  const parameters = scope === undefined ? {} : { scope };
  return await server.connect(user.id, { clientId, scope: allowed, parameters });
};

test.each([
  ["none", undefined],
  ["an empty one", ""],
  ["only unknown values", "claudeai read:everything"],
  ["only OpenID's", "openid profile email offline_access"],
])("AUT-11: %s means the default, which is granted and told", async (_name, scope) => {
  const tokens = await grantedFor(scope, "mcp");
  expect(tokens.scope).toBe("mcp");
  expect(tokenClaims(tokens.access_token)["scope"]).toBe("mcp");
});

test.each([
  ["mcp:read", "mcp:read", "mcp:read"],
  ["mcp:read mcp:write", "mcp:read mcp:write", "mcp:read mcp:write"],
  ["mcp:write mcp:read unknown", "mcp:read mcp:write", "mcp:read mcp:write"],
  ["mcp mcp:read", "mcp", "mcp"],
  ["mcp:read mcp:write", "mcp:read", "mcp:read"],
  ["mcp", "mcp:read mcp:write", "mcp:read mcp:write"],
])("AUT-12: of %s, %s is allowed: the answer and the token say %s", async (asked, allowed, granted) => {
  const tokens = await grantedFor(asked, allowed);
  expect(tokens.scope).toBe(granted);
  expect(tokenClaims(tokens.access_token)["scope"]).toBe(granted);
});

test("AUT-12: nobody can allow more than was asked", async () => {
  const user = await insertUser();
  const more = server.connect(user.id, { clientId, scope: "mcp", parameters: { scope: "mcp:read" } });
  await expect(more).rejects.toMatchObject({ code: "invalid_input" });
});
