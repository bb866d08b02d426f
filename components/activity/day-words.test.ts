import { expect, test } from "vitest";
import { clockSecondsWords, dayHeadingWords } from "./day-words.ts";

const now = new Date("2026-11-24T00:30:00Z");

test.each([
  ["2026-11-24T00:10:00Z", "UTC", "Today"],
  ["2026-11-23T23:59:59Z", "UTC", "Yesterday"],
  ["2026-11-23T23:59:59Z", "Europe/Berlin", "Today"],
  ["2026-11-21T16:08:54Z", "UTC", "Saturday, November 21"],
  ["2025-11-21T16:08:54Z", "UTC", "Friday, November 21, 2025"],
])("%s in %s is %s", (at, zone, expected) => {
  expect(dayHeadingWords(new Date(at), now, zone)).toBe(expected);
});

test("times have seconds and 24 hours", () => {
  expect(clockSecondsWords(new Date("2026-11-24T00:01:02Z"), "UTC")).toBe("00:01:02");
});
