import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { generateKey } from "#lib/keys/key-format.ts";
import { flushLog, logRequest, setLogLevel } from "#lib/log.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { insertKey, send, sendRpc, testGateway } from "#test/gateway.ts";

testDatabase();
const gateway = testGateway();
let key = "";
let keyId = "";

beforeAll(async () => {
  const inserted = await insertKey((await insertUser()).id, "mcp:read");
  key = inserted.key;
  keyId = inserted.id;
});
afterEach(() => {
  setLogLevel("warn");
  vi.restoreAllMocks();
});

/** Runs `act` at level debug and returns what was written to the log meanwhile. */
async function logOf(act: () => Promise<unknown>): Promise<string> {
  flushLog();
  let text = "";
  vi.spyOn(process.stdout, "write").mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  setLogLevel("debug");
  await act();
  flushLog();
  return text;
}

describe("the line of a request", () => {
  it("says who did what, how it ended and how long it took", async () => {
    const text = await logOf(async () => {
      await send(gateway.url(), "GET", "/v1/me", { key });
      await send(gateway.url(), "POST", "/v1/remember", { key, body: { entity: "a", fact: "b" } });
      await sendRpc(gateway.url(), key, "tools/call", {
        name: "pensyve_remember",
        arguments: { entity: "a", fact: "b" },
      });
      await sendRpc(gateway.url(), key, "ping");
      await send(gateway.url(), "GET", "/v1/me", { key: generateKey() });
      await send(gateway.url(), "GET", "/v1/me");
    });
    const lines = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const requests = lines.filter(({ message }) => message === "request");
    expect(
      requests.map(({ operation, outcome, reason, status, principalId }) => [
        operation,
        outcome,
        reason,
        status,
        principalId,
      ]),
    ).toEqual([
      ["me", "ok", null, 200, keyId],
      ["remember", "refused", "insufficient_scope", 403, keyId],
      ["remember", "refused", "insufficient_scope", 200, keyId],
      ["protocol", "ok", null, 200, keyId],
      ["authenticate", "refused", "unknown", 401, null],
      ["authenticate", "refused", "none", 401, null],
    ]);
    for (const line of requests) {
      expect(line).toMatchObject({
        level: "info",
        requestId: expect.stringMatching(/^\w+-\w+$/),
        durationMs: expect.any(Number),
      });
      expect(new Date(line.time).toISOString()).toBe(line.time);
    }
  });

  it("attack 9: never holds a credential, wherever it was put, and no text of the caller", async () => {
    const secret = generateKey();
    const text = await logOf(async () => {
      await send(gateway.url(), "GET", `/v1/me?access_token=${secret}`, { key });
      await send(gateway.url(), "GET", `/v1/${secret}`, { key });
      await send(gateway.url(), "POST", "/v1/recall", { key, body: { query: `my secret is ${secret}` } });
      await send(gateway.url(), "POST", "/v1/recall", { key, body: `{"${secret}` });
      await sendRpc(gateway.url(), key, secret, { name: secret });
      await send(gateway.url(), "GET", "/v1/me", {
        key: secret,
        headers: { "user-agent": secret, origin: `https://${secret}.example` },
      });
    });
    expect(text.split("\n").length).toBeGreaterThan(5);
    for (const value of [key, secret]) expect(text).not.toContain(value.slice(0, 12));
    expect(text).not.toContain("my secret");
  });

  it("is valid JSON for every millisecond and duration", async () => {
    const text = await logOf(async () => {
      for (const [index, durationMs] of [0, 0.0004, 0.999, 1, 1234.5678, 0.1 + 0.2].entries()) {
        logRequest({
          requestId: "a-1",
          principalId: null,
          operation: "me",
          status: 500,
          reason: "x",
          nowMs: 1_700_000_000_000 + index * 7,
          durationMs,
        });
      }
    });
    const lines = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ durationMs }) => durationMs)).toEqual([0, 0, 0.999, 1, 1234.568, 0.3]);
    expect(lines[1]).toMatchObject({ time: "2023-11-14T22:13:20.007Z", outcome: "failed", principalId: null });
  });
});
