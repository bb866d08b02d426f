import { inspect } from "node:util";
import { describe, expect, inject, test } from "vitest";
import {
  ApiError,
  AuthenticationError,
  NotFoundError,
  Pensyve,
  PensyveError,
  PermissionError,
  RateLimitError,
} from "../src/index.ts";
import { readRefusal } from "../src/refusal.ts";
import { failing, fakeServer, hangUp, json, type Step, text } from "./fake-server.ts";

const { url, keys } = inject("server");
const nobody = "0199c000-0000-7000-8000-000000000000";
const KEY = "psy_a_secret_that_must_not_be_seen";
const against = (baseUrl: string) => new Pensyve({ baseUrl, apiKey: KEY, retries: 0 });

async function failureOf(call: Promise<unknown>): Promise<ApiError> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof ApiError) return error;
  throw new Error("It did not fail as expected.", { cause: error });
}

describe("of the server", () => {
  test("a key that is not valid is an AuthenticationError", async () => {
    const error = await failureOf(new Pensyve({ baseUrl: url, apiKey: "psy_nobody_made_this" }).me());
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error).toMatchObject({ name: "AuthenticationError", status: 401, code: "invalid_token", operation: "me" });
  });

  test.each([
    ["a write with a read-only key", "mcp:read", "mcp:write", (p: Pensyve) => p.remember({ entity: "a", fact: "b c" })],
    ["a read with a write-only key", "mcp:write", "mcp:read", (p: Pensyve) => p.recall("tea")],
    ["an edit with a write-only key", "mcp:write", "mcp", (p: Pensyve) => p.editMemory(nobody, { confidence: 1 })],
    [
      "an entity that does not exist, with a read-only key",
      "mcp:read",
      "mcp:write",
      (p: Pensyve) => p.entity("nobody"),
    ],
  ] as const)("%s is a PermissionError that names the scope that would do", async (_name, scope, needed, call) => {
    const error = await failureOf(call(new Pensyve({ baseUrl: url, apiKey: keys[scope] })));
    expect(error).toBeInstanceOf(PermissionError);
    expect(error).toMatchObject({ status: 403, code: "insufficient_scope", requiredScope: needed });
    expect(error.message).toContain(needed);
  });

  test("what does not exist is a NotFoundError, with the request id that the operator asks for", async () => {
    const error = await failureOf(new Pensyve({ baseUrl: url, apiKey: keys.mcp }).deleteMemory(nobody));
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error).toMatchObject({ status: 404, code: "not_found" });
    expect(error.requestId).toMatch(/./);
    expect(error.message).toContain(String(error.requestId));
  });

  test("a value out of range is an ApiError that says which", async () => {
    const error = await failureOf(new Pensyve({ baseUrl: url, apiKey: keys.mcp }).recall("tea", { minConfidence: 7 }));
    expect(error).toMatchObject({ name: "ApiError", status: 400, code: "invalid_request" });
    expect(error.detail).toContain("min_confidence");
  });
});

describe("of other servers and of what stands between", () => {
  test("429 is a RateLimitError; how long to wait is read from the body of servers that send no header", async () => {
    await using server = await fakeServer(json(429, { error: "rate_limited", message: "Slow down.", retryAfter: 60 }));
    const error = await failureOf(against(server.url).recall("tea"));
    expect(error).toBeInstanceOf(RateLimitError);
    expect(error).toMatchObject({ code: "rate_limited", detail: "Slow down.", retryAfterSeconds: 60 });
  });

  const now = Date.parse("Tue, 24 Nov 2026 18:00:00 GMT");
  test.each<[string, number | undefined]>([
    ["0", 0],
    [" 120 ", 120],
    ["Tue, 24 Nov 2026 18:00:30 GMT", 30],
    ["Tuesday, 24-Nov-26 18:00:30 GMT", 30],
    ["Tue, 24 Nov 2026 17:00:00 GMT", 0],
    ["1.5", undefined],
    ["-5", undefined],
    ["soon", undefined],
    ["", undefined],
  ])("Retry-After %j asks for %s seconds", (value, seconds) => {
    const response = new Response("", { status: 429, headers: { "retry-after": value } });
    expect(readRefusal("recall", response, "", now).retryAfterSeconds).toBe(seconds);
  });

  const scoped = (challenge: string | string[], body: unknown = {}): Step =>
    json(403, body, { "www-authenticate": challenge });
  const insufficient = { error: "insufficient_scope", message: "This needs the scope mcp:write." };
  test.each<[string, Step, string | undefined]>([
    ["a challenge", scoped('Bearer error="insufficient_scope", scope="mcp:read"'), "mcp:read"],
    ["a challenge of several scopes", scoped('Bearer scope="mcp:read mcp:write"'), "mcp:read mcp:write"],
    ["a challenge without quotes", scoped("Bearer scope=mcp:read"), "mcp:read"],
    ["the first of two challenges", scoped(['Bearer scope="mcp:read"', 'DPoP scope="mcp"']), "mcp:read"],
    [
      "a challenge whose text looks like one",
      scoped('Bearer error_description="use scope=\\"mcp\\"", scope="mcp:read"'),
      "mcp:read",
    ],
    ["a body, where there is no challenge", json(403, insufficient), "mcp:write"],
    ["neither", json(403, { error: "origin_not_allowed", message: "Not from mcp here." }), undefined],
  ])("the scope that would do is read from %s", async (_name, step, scope) => {
    await using server = await fakeServer(step);
    expect(await failureOf(against(server.url).recall("tea"))).toMatchObject({ requiredScope: scope });
  });

  test.each<[string, Step, string]>([
    ["a text", text(422, "missing field `query`", { "content-type": "text/plain" }), "missing field `query`"],
    ["a page", text(502, "<html>Bad Gateway</html>", { "content-type": "text/html" }), "HTTP 502"],
    ["nothing", text(500, ""), "HTTP 500"],
    ["detail alone", json(404, { detail: "No such thing." }), "No such thing."],
    ["JSON that is no object", json(500, null), "HTTP 500"],
    ["null where a text belongs", json(500, { message: null, detail: null, error: null }), "HTTP 500"],
  ])("a failure whose body is %s is still told", async (_name, step, detail) => {
    await using server = await fakeServer(step);
    const error = await failureOf(against(server.url).recall("tea"));
    expect(error.detail.startsWith(detail)).toBe(true);
    expect(error.message).toContain(`HTTP ${error.status}`);
  });

  test("a success that is not JSON, as a portal sends it, is an error and not an answer", async () => {
    await using server = await fakeServer(text(200, "<html>Sign in to the network</html>"));
    await expect(against(server.url).recall("tea")).rejects.toThrow(/not JSON\. Check baseUrl/);
  });

  test("a redirect is not followed: neither the key nor the memory goes to another address", async () => {
    await using other = await fakeServer(json(200, { memories: [] }));
    await using server = await fakeServer(text(307, "", { location: `${other.url}/v1/remember` }));
    await expect(against(server.url).remember({ entity: "a", fact: "b c" })).rejects.toThrow(/redirects/);
    expect(other.seen).toHaveLength(0);
  });
});

describe("the key is never seen", () => {
  const shown = (value: unknown) => [
    String(value),
    inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true }),
    JSON.stringify(value),
    value instanceof Error ? String(value.stack) : "",
  ];

  test("in the client and its episodes, however they are printed", () => {
    const pensyve = against("http://127.0.0.1:1");
    for (const text of [...shown(pensyve), ...shown(pensyve.episode("e"))]) expect(text).not.toContain(KEY);
  });

  const echo: Step = (response, request) =>
    json(401, { error: "invalid_token", message: `What is ${request.headers.authorization}?` })(response, request);
  const echoText: Step = (response, request) => text(500, `Got ${request.headers.authorization}`)(response, request);
  test.each<[string, Step]>([
    ["a server that repeats it in JSON", echo],
    ["a server that repeats it in a text", echoText],
    ["a connection that breaks", hangUp],
    ["an outage", failing(503)],
  ])("in the error after %s, its cause included", async (_name, step) => {
    await using server = await fakeServer(step);
    const error: unknown = await against(server.url)
      .recall("tea")
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PensyveError);
    for (const text of shown(error)) expect(text).not.toContain(KEY);
  });

  test.each(["psy_secret\r\nX-Other: 1", "psy_secret ümlaut", "psy_secret with spaces"])(
    "in the error about a key that no header can carry: %j",
    (apiKey) => {
      const make = () => new Pensyve({ baseUrl: "http://127.0.0.1:1", apiKey });
      expect(make).toThrow(PensyveError);
      expect(make).not.toThrow(/psy_secret/);
    },
  );

  test("in the error about an address that holds a password", () => {
    const make = () => new Pensyve({ baseUrl: "https://user:psy_secret@example.org", apiKey: KEY });
    expect(make).toThrow(/no user, password/);
    expect(make).not.toThrow(/psy_secret/);
  });
});
