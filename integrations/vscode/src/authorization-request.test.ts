import { describe, expect, test } from "vitest";
import { authorizationUrl, readAnswer } from "./authorization-request.ts";

const server = {
  issuer: "https://memory.example.org",
  authorizationEndpoint: "https://memory.example.org/oauth/authorize",
  tokenEndpoint: "https://memory.example.org/oauth/token",
  revocationEndpoint: undefined,
  resource: "https://memory.example.org/mcp",
  hasOfflineAccess: true,
};
const request = {
  redirectUri: "vscode://pensyve.pensyve/callback",
  scopes: ["mcp"],
  state: "the-state",
  challenge: "the-challenge",
};

describe("the address that the browser opens", () => {
  test("AUT-01 RES-01: asks for a code with PKCE, for this client and this resource", () => {
    const { searchParams } = new URL(authorizationUrl(server, request));
    expect(Object.fromEntries(searchParams)).toEqual({
      response_type: "code",
      client_id: "pensyve-vscode",
      redirect_uri: "vscode://pensyve.pensyve/callback",
      scope: "mcp offline_access",
      state: "the-state",
      code_challenge: "the-challenge",
      code_challenge_method: "S256",
      resource: "https://memory.example.org/mcp",
    });
  });

  test("survives an editor that decodes and encodes it: it holds no plus sign", () => {
    expect(authorizationUrl(server, request)).not.toContain("+");
  });

  test("keeps the query that the endpoint has", () => {
    const url = authorizationUrl({ ...server, authorizationEndpoint: "https://a.example/authorize?tenant=1" }, request);
    expect(new URL(url).searchParams.get("tenant")).toBe("1");
  });

  test("names offline_access only where the server does", () => {
    const url = authorizationUrl({ ...server, hasOfflineAccess: false }, request);
    expect(new URL(url).searchParams.get("scope")).toBe("mcp");
  });
});

describe("the address that the browser comes back to", () => {
  const expected = { state: "s", issuer: server.issuer };
  const answer = (parameters: Record<string, string>) =>
    new URL(`http://127.0.0.1/callback?${new URLSearchParams({ state: "s", iss: server.issuer, ...parameters })}`);

  test("holds the code", () => {
    expect(readAnswer(answer({ code: "the-code" }), expected)).toBe("the-code");
  });

  test.each([
    ["another state", { state: "t", code: "c" }],
    ["another issuer", { iss: "https://other.example", code: "c" }],
    ["no issuer", { iss: "", code: "c" }],
    ["no code", {}],
    ["an error beside a code", { code: "c", error: "invalid_scope" }],
  ])("is refused with %s", (_, parameters) => {
    expect(() => readAnswer(answer(parameters), expected)).toThrow(expect.objectContaining({ name: "Refusal" }));
  });

  test("is no error when the person denied it", () => {
    expect(() => readAnswer(answer({ error: "access_denied" }), expected)).toThrow(
      expect.objectContaining({ name: "Canceled" }),
    );
  });

  test("an answer to somebody else's request is refused, even one that says denied", () => {
    const parameters = { state: "t", error: "access_denied" };
    expect(() => readAnswer(answer(parameters), expected)).toThrow("another sign-in");
  });
});
