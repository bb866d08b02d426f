import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { generateKey } from "#lib/keys/key-format.ts";
import { newRefreshToken } from "#lib/oauth/refresh-token.ts";
import { flushLog, log, redact, setLogLevel, setLogStream } from "./log.ts";

const written = { stdout: "", stderr: "" };
const spies = (["stdout", "stderr"] as const).map((name) =>
  vi.spyOn(process[name], "write").mockImplementation((chunk) => {
    written[name] += String(chunk);
    return true;
  }),
);
afterAll(() => {
  setLogLevel("info");
  setLogStream("stdout");
  for (const spy of spies) spy.mockRestore();
});
beforeEach(() => {
  setLogLevel("debug");
  setLogStream("stdout");
  written.stdout = "";
  written.stderr = "";
});

const KEY = generateKey();
const JWT = "eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiIwMWEyMGRlYiJ9.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg";
const OPAQUE = "qX3v9-opaque_value~of.a+token/42==";

test.each<[string, string, string]>([
  ["a key", KEY, KEY.slice(8)],
  ["an older key", "psy_0123456789abcdef0123", "456789abcdef"],
  ["a key in a header", `Authorization: Bearer ${KEY}`, KEY.slice(8)],
  ["two keys", `${KEY} ${KEY}`, KEY.slice(8)],
  ["a JWT", JWT, "c2lnbmF0dXJl"],
  ["a refresh token", newRefreshToken().replace(/.{12}$/, "_-_-endofone"), "endofone"],
  ["an opaque bearer token", `bearer ${OPAQUE}`, "opaque_value"],
  ["a DPoP token", `DPoP ${OPAQUE}`, "opaque_value"],
  ["Basic credentials", "Basic dXNlcjpwYXNzd29yZA==", "dXNlcjpwYXNz"],
  ["a set-up link", "http://localhost:3000/setup?token=Zm9vYmFyYmF6", "Zm9vYmFy"],
  ["a code in an address", "https://x.example/cb?state=1&code=SplxlOBeZQ", "SplxlOBe"],
])("KEY-15: whatever level logs it, and as message or field, %s leaves no trace", (_name, text, secret) => {
  for (const level of ["debug", "info", "warn", "error"] as const) {
    log[level](text, { note: text, reason: `failed: ${text}` });
  }
  flushLog();
  expect(written.stdout.split("\n").filter(Boolean)).toHaveLength(4);
  expect(written.stdout).not.toContain(secret);
  for (const line of written.stdout.trim().split("\n")) expect(() => JSON.parse(line)).not.toThrow();
});

test.each([
  "authorization",
  "cookie",
  "set-cookie",
  "password",
  "token",
  "secret",
  "code",
  "code_verifier",
  "refresh_token",
  "client_secret",
  "device_code",
])("KEY-15: the field %s is never written, whatever is in it", (field) => {
  log.info("x", { [field]: 'hunter2 "quoted" \\ and\nmore' });
  flushLog();
  expect(written.stdout).toContain(`"${field}":"[redacted]"`);
  expect(written.stdout).not.toContain("hunter2");
  expect(JSON.parse(written.stdout)).toMatchObject({ message: "x" });
});

test("attack 9, seed 16: the first 8 characters of a key stay, so that it can be found", () => {
  expect(redact(`key ${KEY} refused`)).toBe(`key ${KEY.slice(0, 8)}… refused`);
});

test("a canary that is no secret is written as it is", () => {
  log.info("canary 4711", { operation: "recall", ms: 1.5, ok: true, none: undefined });
  flushLog();
  expect(JSON.parse(written.stdout)).toEqual({
    time: expect.any(String),
    level: "info",
    message: "canary 4711",
    operation: "recall",
    ms: 1.5,
    ok: true,
  });
});

test("lines below the level are not written, and the stream can be changed", () => {
  setLogLevel("warn");
  setLogStream("stderr");
  log.info("quiet");
  log.error("loud");
  expect(written.stdout).toBe("");
  expect(written.stderr).toMatch(/"message":"loud"/);
  expect(written.stderr).not.toContain("quiet");
});
