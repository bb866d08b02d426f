import { expect, test } from "vitest";
import { testAuthorizationServer, tokenClaims } from "#test/authorization-server.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { send } from "#test/gateway.ts";
import { isLegacyAudience, scopeOfRequest } from "./resources.ts";

const AUDIENCE = "https://gateway.example.org";
testDatabase();
// Consent reads the process's own configuration.
process.env["AUDIENCE"] = AUDIENCE;
const server = testAuthorizationServer({ AUDIENCE });

const connect = async (asked: string | undefined, allowed: string) => {
  const parameters = asked === undefined ? {} : { scope: asked };
  return await server.connect((await insertUser()).id, { scope: allowed, parameters });
};

test.each([
  ["both halves", "mcp:read mcp:write", "mcp"],
  ["both halves in another order, and more", "offline_access mcp:write mcp:read", "mcp"],
  ["a scope of other servers", "claudeai", "mcp"],
  ["none", undefined, "mcp"],
  ["all three", "mcp:read mcp mcp:write", "mcp"],
  ["reading alone", "mcp:read", "mcp:read"],
  ["writing alone", "mcp:write offline_access", "mcp:write"],
])("JWT-09: asked for %s, the page shows and the token carries exactly one scope", async (_name, asked, one) => {
  // What can be allowed in full is what the page showed: `mcp` is more than both halves.
  const tokens = await connect(asked, one);
  expect(tokenClaims(tokens.access_token)).toMatchObject({ aud: AUDIENCE, scope: one });
  const refreshed = await server.refresh(tokens.clientId, tokens.refresh_token);
  expect(tokenClaims(refreshed.json.access_token)).toMatchObject({ aud: AUDIENCE, scope: one });
  expect((await send(server.url(), "GET", "/v1/me", { key: tokens.access_token })).json).toMatchObject({ scope: one });
});

test("JWT-09: of full access one half can be allowed, but not both halves without the rest", async () => {
  expect(tokenClaims((await connect("mcp", "mcp:read")).access_token)["scope"]).toBe("mcp:read");
  await expect(connect("mcp", "mcp:read mcp:write")).rejects.toMatchObject({ code: "invalid_input" });
});

test("JWT-09: only where AUDIENCE is a bare origin", () => {
  const both = "mcp:read mcp:write";
  for (const audience of ["https://a.example", "https://a.example/", "http://localhost:3000"]) {
    expect([isLegacyAudience(audience), scopeOfRequest(both, { audience })]).toEqual([true, "mcp"]);
  }
  for (const audience of ["https://a.example/mcp", "https://a.example/?x", "urn:pensyve"]) {
    expect([isLegacyAudience(audience), scopeOfRequest(both, { audience })]).toEqual([false, both]);
  }
});
