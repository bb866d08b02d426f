import { describe, expect, test } from "vitest";
import type { Fetch } from "./ask-json.ts";
import { redeemCode, renewTokens, revokeToken } from "./token-endpoint.ts";

const server = {
  issuer: "https://memory.example.org",
  authorizationEndpoint: "https://memory.example.org/oauth/authorize",
  tokenEndpoint: "https://memory.example.org/oauth/token",
  revocationEndpoint: "https://memory.example.org/oauth/revoke",
  resource: "https://memory.example.org/mcp",
  hasOfflineAccess: true,
};
const TOKENS = { access_token: "a", refresh_token: "r", token_type: "Bearer", expires_in: 3600, scope: "mcp:read" };
const answers =
  (body: unknown, status = 200): Fetch =>
  () =>
    Promise.resolve(Response.json(body, { status }));
const renew = (fetch: Fetch) => renewTokens(fetch, server, "old", 1_000_000);

describe("tokens", () => {
  test.each([
    [3600, 1_000_000 + 3_540_000],
    // A short life is not renewed for all of it.
    [60, 1_000_000 + 45_000],
    [undefined, Number.MAX_SAFE_INTEGER],
  ])("that live %s s are renewed at %i ms", async (expires_in, renewAt) => {
    expect(await renew(answers({ ...TOKENS, expires_in }))).toMatchObject({ renewAt });
  });

  test("say what was granted", async () => {
    expect(await renew(answers(TOKENS))).toMatchObject({ accessToken: "a", refreshToken: "r", scope: "mcp:read" });
  });

  test.each([
    {},
    { ...TOKENS, access_token: 1 },
    { ...TOKENS, token_type: "DPoP" },
    { ...TOKENS, token_type: undefined },
  ])("of another kind are refused: %j", async (body) => {
    await expect(renew(answers(body))).rejects.toMatchObject({ name: "Refusal" });
  });
});

describe("renewing", () => {
  test("RES-03: sends refresh token, client and resource in the form, and follows no redirect", async () => {
    let sent: RequestInit = {};
    await renew((_, init) => {
      sent = init ?? {};
      return Promise.resolve(Response.json(TOKENS));
    });
    expect(Object.fromEntries(sent.body as URLSearchParams)).toEqual({
      grant_type: "refresh_token",
      refresh_token: "old",
      client_id: "pensyve-vscode",
      resource: server.resource,
    });
    expect(sent).toMatchObject({ method: "POST", redirect: "error" });
  });

  test.each([
    [400, "invalid_grant"],
    [401, "invalid_client"],
  ])("has ended with %i %s", async (status, error) => {
    expect(await renew(answers({ error }, status))).toBe("ended");
  });

  test.each([
    [503, "temporarily_unavailable"],
    [500, "server_error"],
    [429, "rate_limited"],
    [400, "invalid_request"],
  ])("can be tried again after %i %s: the sign-in is not lost", async (status, error) => {
    await expect(renew(answers({ error }, status))).rejects.toMatchObject({ name: "Refusal", next: "retry" });
  });
});

test("a code that the server does not take is no sign-in, and its reason is shown", async () => {
  const fetch = answers({ error: "invalid_grant", error_description: "the code was used." }, 400);
  const redeemed = redeemCode(fetch, server, { code: "c", redirectUri: "r", verifier: "v" }, 0);
  await expect(redeemed).rejects.toThrow("the code was used. Sign in again.");
});

test("revoking says nothing when the server cannot be reached", async () => {
  await expect(revokeToken(() => Promise.reject(new TypeError("fetch failed")), server, "r")).resolves.toBeUndefined();
});
