import { expect, test } from "vitest";
import { statusWords } from "./status-words.ts";

const NOW = new Date("2026-11-24T10:20:00Z");
const at = (iso: string) => new Date(iso);
const plain = {
  state: "active",
  expiresAt: null,
  graceEndsAt: null,
  rotatedAt: null,
  revokedAt: null,
  revokedBy: null,
  worksUntil: null,
} as const;

test("each state has its mark, its word and what a reader asks next", () => {
  const words = (key: Parameters<typeof statusWords>[0], replaces?: string) => {
    const { mark, word, more } = statusWords(key, NOW, "UTC", replaces);
    return [mark, word, more];
  };
  expect(words(plain)).toEqual(["active", "Active", undefined]);
  expect(words(plain, "psy_c0Zt")).toEqual(["active", "Active", "replaces psy_c0Zt"]);
  const february = at("2027-02-02T10:00:00Z");
  expect(words({ ...plain, expiresAt: february, worksUntil: february })).toEqual(["active", "Active", "expires Feb 2"]);
  const soon = at("2026-12-01T10:00:00Z");
  expect(words({ ...plain, expiresAt: soon, worksUntil: soon })).toEqual(["expiring", "Expiring", "in 6 days"]);
  const grace = at("2026-11-25T01:32:00Z");
  expect(words({ ...plain, state: "in_grace", graceEndsAt: grace, worksUntil: grace })).toEqual([
    "grace",
    "In grace",
    "15 h 12 min left",
  ]);
  expect(words({ ...plain, state: "expired", expiresAt: at("2026-08-07T00:00:00Z") })).toEqual([
    "expired",
    "Expired",
    "Aug 7",
  ]);
  expect(words({ ...plain, state: "revoked", revokedAt: at("2026-10-30T00:00:00Z"), revokedBy: "user" })).toEqual([
    "revoked",
    "Revoked",
    "Oct 30, by you",
  ]);
  const held = { ...plain, state: "revoked" as const, revokedAt: at("2026-10-30T00:00:00Z"), revokedBy: "possession" };
  expect(words(held)[2]).toBe("Oct 30, by a holder of the key");
});

test("what ends while the page is open reads as ended", () => {
  const passed = at("2026-11-24T10:19:59Z");
  expect(statusWords({ ...plain, expiresAt: passed, worksUntil: passed }, NOW, "UTC").word).toBe("Expired");
  const key = { ...plain, state: "in_grace", graceEndsAt: passed, worksUntil: passed } as const;
  expect(statusWords(key, NOW, "UTC").word).toBe("Replaced");
});
