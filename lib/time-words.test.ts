import { describe, expect, test } from "vitest";
import {
  agoWords,
  checkedZone,
  dateFieldValue,
  dayAndClockWords,
  durationWords,
  exactWords,
  inWords,
  utcWords,
  weekdayWords,
} from "./time-words.ts";

const NOW = new Date("2026-11-24T10:20:41.318Z");
const ago = (milliseconds: number) => new Date(NOW.getTime() - milliseconds);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe("agoWords", () => {
  test.each([
    [ago(0), "just now"],
    [ago(44_999), "just now"],
    [ago(45_000), "1 minute ago"],
    [ago(4 * MINUTE + 59_000), "4 minutes ago"],
    [ago(59 * MINUTE), "59 minutes ago"],
    [new Date("2026-11-24T09:02:00Z"), "09:02"],
    [new Date("2026-11-23T23:00:00Z"), "yesterday"],
    [new Date("2026-11-21T10:00:00Z"), "3 days ago"],
    [new Date("2026-11-18T23:00:00Z"), "6 days ago"],
    [new Date("2026-11-17T10:00:00Z"), "Nov 17"],
    [new Date("2025-09-14T10:00:00Z"), "Sep 14, 2025"],
    [new Date("2026-11-24T10:25:00Z"), "just now"],
  ])("%s is %s", (at, words) => {
    expect(agoWords(at, NOW, "UTC")).toBe(words);
  });

  test("the days are those of the reader's zone", () => {
    const at = new Date("2026-11-23T23:30:00Z");
    expect(agoWords(at, NOW, "UTC")).toBe("yesterday");
    expect(agoWords(at, NOW, "Europe/Berlin")).toBe("00:30");
  });

  test("dense lists abbreviate minutes", () => {
    expect(agoWords(ago(4 * MINUTE), NOW, "UTC", true)).toBe("4 min ago");
  });
});

test("durations never get longer by rounding", () => {
  expect(durationWords(15 * HOUR + 12 * MINUTE + 59_999)).toBe("15 h 12 min");
  expect(durationWords(24 * HOUR)).toBe("24 h");
  expect(durationWords(24 * HOUR - 1)).toBe("23 h 59 min");
  expect(durationWords(147 * HOUR)).toBe("6 days 3 h");
  expect(durationWords(48 * MINUTE)).toBe("48 min");
  expect(durationWords(59_999)).toBe("under 1 min");
  expect(durationWords(-1)).toBe("0 min");
});

test("expiry is said in whole days, and in hours at the end", () => {
  expect(inWords(new Date(NOW.getTime() + 7 * 24 * HOUR - 1), NOW)).toBe("in 6 days");
  expect(inWords(new Date(NOW.getTime() + 26 * HOUR), NOW)).toBe("in 26 h");
});

test("instants are written out for dialogs, facts and receipts", () => {
  expect(weekdayWords(new Date("2026-11-25T10:20:00Z"), NOW, "UTC")).toBe("Wednesday, November 25 at 10:20");
  expect(weekdayWords(new Date("2027-02-22T10:20:00Z"), NOW, "UTC")).toBe("Monday, February 22 at 10:20");
  expect(weekdayWords(new Date("2027-11-22T10:20:00Z"), NOW, "UTC")).toBe("Monday, November 22, 2027 at 10:20");
  expect(dayAndClockWords(new Date("2026-11-24T01:32:00Z"), NOW, "UTC")).toBe("Nov 24, 01:32");
  expect(utcWords(NOW)).toBe("2026-11-24 10:20:41 UTC");
  expect(utcWords(NOW, true)).toBe("2026-11-24 10:20:41.318 UTC");
  expect(exactWords(NOW, "Europe/Berlin")).toBe("Nov 24, 2026, 11:20:41 (Europe/Berlin), 2026-11-24 10:20:41 UTC");
  expect(dateFieldValue(new Date("2026-11-24T23:30:00Z"), "Europe/Berlin")).toBe("2026-11-25");
});

test("a zone from a cookie is checked, and UTC takes its place", () => {
  expect(checkedZone("Europe/Berlin")).toBe("Europe/Berlin");
  expect(checkedZone("Mars/Olympus")).toBe("UTC");
  expect(checkedZone("<script>")).toBe("UTC");
  expect(checkedZone(undefined)).toBe("UTC");
});
