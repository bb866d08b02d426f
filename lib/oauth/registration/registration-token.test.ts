import { expect, test } from "vitest";
import { ConfigurationError, parseEnv } from "#lib/env.ts";
import { REDIRECT_URI, testAuthorizationServer } from "#test/authorization-server.ts";
import { testDatabase } from "#test/database.ts";

testDatabase();
const DCR_TOKEN = "an-initial-access-token-for-tests-0123456789";
const server = testAuthorizationServer({ DCR: "token", DCR_TOKEN });

test.each([
  ["none", undefined, 401],
  ["a wrong one", "Bearer wrong", 401],
  ["the beginning of it", `Bearer ${DCR_TOKEN.slice(0, -1)}`, 401],
  ["the right one", `Bearer ${DCR_TOKEN}`, 201],
])("REG-13: with an initial access token required, %s", async (_name, authorization, status) => {
  const response = await fetch(`${server.url()}/oauth/register`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(authorization ? { authorization } : {}) },
    body: JSON.stringify({ redirect_uris: [REDIRECT_URI], token_endpoint_auth_method: "none" }),
  });
  expect(response.status).toBe(status);
  expect(await response.text()).not.toContain(DCR_TOKEN);
});

test("REG-13: DCR=token without DCR_TOKEN, or with one that can be guessed, stops the start", () => {
  expect(() => parseEnv({ DCR: "token" })).toThrow(ConfigurationError);
  expect(() => parseEnv({ DCR: "token", DCR_TOKEN: "short" })).toThrow("DCR_TOKEN");
});
