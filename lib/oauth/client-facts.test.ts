import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clientFacts, looksAlike, redirectFacts } from "./client-facts.ts";

const LOOPBACK = "http://127.0.0.1:4321/callback";

describe("CIM-11: where an answer goes", () => {
  test.each([
    ["https://app.example.org/callback?x=1", { redirectHost: "app.example.org", redirectKind: "web" }],
    ["https://APP.example.org:8443/", { redirectHost: "app.example.org:8443", redirectKind: "web" }],
    ["https://аpple.com/", { redirectHost: "xn--pple-43d.com", redirectKind: "web" }],
    ["http://localhost/callback", { redirectHost: "localhost", redirectKind: "loopback" }],
    [LOOPBACK, { redirectHost: "127.0.0.1:4321", redirectKind: "loopback" }],
    ["http://[::1]:4321/", { redirectHost: "[::1]:4321", redirectKind: "loopback" }],
    ["https://localhost.evil.example/", { redirectHost: "localhost.evil.example", redirectKind: "web" }],
    ["cursor://anysphere.cursor-mcp/oauth/callback", { redirectHost: "cursor", redirectKind: "scheme" }],
    ["com.example.app:/callback", { redirectHost: "com.example.app", redirectKind: "scheme" }],
  ])("%s", (uri, facts) => {
    expect(redirectFacts(uri)).toEqual(facts);
  });
});

describe("REG-15: how far a name can be believed", () => {
  test.each([
    ["registered", "psc_1", "Claude Code", LOOPBACK, { trust: "unverified", isSelfNamed: true, isLookAlike: false }],
    ["registered", "psc_1", "Claude", "https://evil.example/", { trust: "unverified", isLookAlike: true }],
    ["registered", "psc_1", "Сlaude", LOOPBACK, { trust: "unverified", isLookAlike: true }],
    [
      "preregistered",
      "ide",
      "Cursor",
      "https://x.example/",
      { trust: "server", isSelfNamed: false, isLookAlike: false },
    ],
    [
      "document",
      "https://claude.ai/oauth/x",
      "Claude Code",
      LOOPBACK,
      { trust: "verified", host: "claude.ai", isSelfNamed: false },
    ],
    [
      "document",
      "https://memhelper.dev/x",
      "Helper",
      LOOPBACK,
      { trust: "verified", isSelfNamed: true, isLookAlike: false },
    ],
    ["document", "https://claude.ai.evil.example/x", "Claude", LOOPBACK, { isSelfNamed: true, isLookAlike: true }],
    ["document", "https://notclaude.ai/x", "Claude", LOOPBACK, { isSelfNamed: true, isLookAlike: true }],
  ] as const)("%s %s, “%s”, answer to %s", (kind, id, name, redirectUri, facts) => {
    expect(clientFacts({ id, name, kind }, redirectUri)).toMatchObject(facts);
  });

  test("attack 20: whatever a name holds, what is shown is one line without control, bidi or zero-width characters", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (name) => {
        const shown = clientFacts({ id: "psc_1", name, kind: "registered" }, LOOPBACK).name;
        expect(shown).not.toBe("");
        expect([...shown].length).toBeLessThanOrEqual(64);
        expect(shown).not.toMatch(/[\p{Cc}\u200b-\u200f\u202a-\u202e\u2066-\u2069\u061c]/u);
      }),
    );
  });

  test("Latin mixed with a look-alike alphabet; other alphabets alone are names", () => {
    for (const name of ["Cursоr", "Gοogle", "Vs Cօde"]) expect(looksAlike(name, null)).toBe(true);
    for (const name of ["Курсор", "Ελληνικά", "日本語 App", "Café"]) expect(looksAlike(name, null)).toBe(false);
  });
});
