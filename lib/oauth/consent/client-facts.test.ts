import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clientFacts, DEVICE_REDIRECT, looksAlike, redirectFacts } from "./client-facts.ts";

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

test("REG-08: an id is shared where registrations in the same words have it, not where there is a secret or somebody checked", () => {
  const shared = `psc_${"a".repeat(43)}`;
  const isShared = (id: string, kind: "registered" | "preregistered") =>
    clientFacts({ id, name: "Helper", kind }, LOOPBACK).isShared;
  expect(isShared(shared, "registered")).toBe(true);
  expect(isShared("psc_019ab0c0-0000-7000-8000-000000000000", "registered")).toBe(false);
  expect(isShared(shared, "preregistered")).toBe(false);
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

  test.each([
    ["fullwidth letters", "Ｃｌａｕｄｅ"],
    ["mathematical bold letters", "𝐂𝐥𝐚𝐮𝐝𝐞"],
    ["a Roman numeral", "Ⅽlaude"],
    ["white letters on black", "🅒🅻🅐🆄🅓🅴"],
    ["an accent", "Clàude"],
    ["an accent of its own", "Cla\u0300ude"],
    ["strokes", "Cłaude Cøde"],
    ["a digit for l", "C1aude"],
    ["a capital i for l", "CIaude"],
    ["a digit for o", "Curs0r"],
    ["digits for i", "Gem1n1"],
    ["r and n for m", "Gernini"],
    ["digits and a sign", "P3n5yv€"],
    ["Cyrillic alone", "Соԁех"],
    ["Greek alone", "ΟΡΕΝΑΙ"],
    ["a soft hyphen and a digit", "C1\u00adaude"],
    ["Lisu beside Latin", "ꓚlaude"],
    ["Lisu alone", "ꓚꓡꓮꓴꓓꓰ"],
    ["Cherokee beside Latin", "Ꮯlaude"],
    ["Coptic beside Latin", "Claⲟde"],
    ["Cyrillic beside Greek", "Сοδе"],
    ["Hebrew beside Latin", "Memory סּ"],
    ["Thai beside Hangul", "ก한"],
  ])("attack 20: %s: “%s” is a look-alike, whoever answers for it but the product itself", (_how, name) => {
    expect(looksAlike(name, null)).toBe(true);
    expect(looksAlike(name, "evil.example")).toBe(true);
    expect(clientFacts({ id: "psc_1", name, kind: "registered" }, LOOPBACK).isLookAlike).toBe(true);
    expect(clientFacts({ id: "ide", name, kind: "preregistered" }, LOOPBACK).isLookAlike).toBe(false);
  });

  test.each([
    ...["\u00ad", "\u034f", "\ufe0f", "\u180e", "\u{e0001}", "\u{e0043}", "\u{e007f}", "“", '"', "’’", " ", ".", "-"],
  ])("attack 20: what parts the letters (%j) does not hide a known name from the check of its host", (character) => {
    const facts = clientFacts(
      { id: "psc_1", name: [..."Claude"].join(character), kind: "registered" },
      "https://x.example/",
    );
    expect(facts.isLookAlike).toBe(true);
  });

  test.each([
    ..."Курсор|Ελληνικά|Հիշողություն|זיכרון|ذاكرة|स्मृति|ความจำ|გონება|日本語 App|メモリー サーバー|記憶アプリ|기억 漢字 App".split(
      "|",
    ),
    ..."記憶ㄅㄆ|Café|Mémoire n° 1|Ångström 2.0 (beta)|Maya’s app|2048|Open Code Review|Terminal 😀|Precursory|Cline".split(
      "|",
    ),
  ])("“%s” is a name like any other", (name) => {
    expect(looksAlike(name, null)).toBe(false);
  });

  test("attack 20: a product's own host may spell its name as it likes, but not mix alphabets", () => {
    expect(looksAlike("Claudé", "claude.ai")).toBe(false);
    expect(looksAlike("Сlaude", "claude.ai")).toBe(true);
  });

  test("attack 20: a name cannot close the quotes it is shown in", () => {
    const name = "Helper” (verified by Example) “";
    expect(clientFacts({ id: "psc_1", name, kind: "registered" }, LOOPBACK).name).toBe("Helper (verified by Example)");
  });

  test("attack 20 DEV-05: a device that nobody answers for is not the product that it names", () => {
    const facts = (name: string, kind: "registered" | "preregistered" = "registered", uri = DEVICE_REDIRECT) =>
      clientFacts({ id: "psc_1", name, kind }, uri);
    expect(facts("Claude Code")).toMatchObject({ trust: "unverified", isLookAlike: true, redirectKind: "scheme" });
    expect(facts("Terminal").isLookAlike).toBe(false);
    expect(facts("Claude Code", "preregistered").isLookAlike).toBe(false);
    expect(facts("Claude Code", "registered", LOOPBACK).isLookAlike).toBe(false);
    const known = { id: "https://claude.ai/oauth/x", name: "Claude Code", kind: "document" } as const;
    expect(clientFacts(known, DEVICE_REDIRECT).isLookAlike).toBe(false);
  });

  test("attack 20: no name makes the check fail, and how it is composed changes nothing", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 80 }), (name) => {
        expect(looksAlike(name.normalize("NFD"), "x.example")).toBe(looksAlike(name.normalize("NFC"), "x.example"));
      }),
    );
  });
});
