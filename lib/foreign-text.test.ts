import { expect, test } from "vitest";
import { cleanText, cutText } from "./foreign-text.ts";

test("foreign text cannot turn or hide what stands beside it", () => {
  expect(cleanText("claude\u202e\u200b-code\n\u0007 /2")).toBe("claude-code /2");
  expect(cleanText("x".repeat(70))).toBe(`${"x".repeat(63)}…`);
});

test("a cut never splits a character", () => {
  expect(cutText("😀😀😀", 2)).toBe("😀…");
  expect(cutText("ab", 2)).toBe("ab");
});
