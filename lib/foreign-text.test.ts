import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cleanName, cleanText, cutText } from "./foreign-text.ts";

const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u;
const DOUBLE_QUOTES = /["“”„‟«»″〝〞＂❝❞]|''|’’|‘‘/u;
/** Any text, with what must go far more often than chance would have it, halves of surrogate pairs too. */
const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary", maxLength: 5 }),
      fc.constantFrom(..."“”„\"«»'’` \n\t\u00ad\u034f\u200d\u202e\u2028\ufe0f\u{e0041}".split("")),
      fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
    ),
    { maxLength: 90 },
  )
  .map((parts) => parts.join(""));

test("foreign text cannot turn or hide what stands beside it", () => {
  expect(cleanText("claude\u202e\u200b-code\n\u0007 /2")).toBe("claude-code /2");
  expect(cleanText("x".repeat(70))).toBe(`${"x".repeat(63)}…`);
});

describe("attack 20: nothing invisible is left", () => {
  test.each([
    ["a soft hyphen", "\u00ad"],
    ["a grapheme joiner", "\u034f"],
    ["a Mongolian vowel separator", "\u180e"],
    ["a variation selector", "\ufe0f"],
    ["a variation selector of plane 14", "\u{e0100}"],
    ["a language tag", "\u{e0001}"],
    ["a tag letter", "\u{e0043}"],
    ["the last tag", "\u{e007f}"],
    ["a Hangul filler", "\u3164"],
    ["an interlinear anchor", "\ufff9"],
    ["a blank Braille cell", "\u2800"],
    ["half a surrogate pair", "\ud83d"],
  ])("%s", (_what, character) => {
    expect(cleanText(`Cl${character}aude`)).toBe("Claude");
    expect(cleanText(character)).toBe("");
  });
});

test("attack 20: any text is one line of visible characters, never longer than asked, and clean text stays as it is", () => {
  fc.assert(
    fc.property(hostile, fc.integer({ min: 1, max: 80 }), (text, max) => {
      for (const clean of [cleanText, cleanName]) {
        const once = clean(text, max);
        expect(once).not.toMatch(UNSEEN);
        expect(once).not.toMatch(/^\s|\s$|\s\s/);
        expect([...once].length).toBeLessThanOrEqual(max);
        expect(clean(once, max)).toBe(once);
      }
    }),
  );
});

test("attack 20: two halves of a hidden character do not meet when what parts them goes", () => {
  expect(cleanText("Claude\udb40\u200b\udc41")).toBe("Claude");
});

test("attack 20: a name cannot close the quotes around it", () => {
  expect(cleanName("Claude” (verified by Anthropic) “")).toBe("Claude (verified by Anthropic)");
  expect(cleanName("a\"b„c«d»e″f＂g❞h''i’’j'\"'k’\u200b’l")).toBe("abcdefghijkl");
  expect(cleanName("Maya's and Ben’s app")).toBe("Maya's and Ben’s app");
  fc.assert(
    fc.property(hostile, (name) => {
      expect(cleanName(name)).not.toMatch(DOUBLE_QUOTES);
    }),
  );
});

test("other text keeps its quotes", () => {
  expect(cleanText("the “old” laptop")).toBe("the “old” laptop");
});

test("a cut never splits a character", () => {
  expect(cutText("😀😀😀", 2)).toBe("😀…");
  expect(cutText("ab", 2)).toBe("ab");
});
