import { expect, test } from "vitest";
import { durationSeconds } from "./duration.ts";

test.each([
  ["30d", 2_592_000],
  ["12h", 43_200],
  ["90m", 5_400],
  ["45s", 45],
  ["0", 0],
  ["0h", 0],
])("%s is %d seconds", (text, seconds) => {
  expect(durationSeconds(text, "--grace")).toBe(seconds);
});

test.each(["", "30", "30 d", "-1d", "1.5h", "d", "1w", "1D", "NaN", "Infinity", "1e3s", "9999999999d", "30d12h"])(
  "attack 6: %j is refused, with the forms that are taken",
  (text) => {
    expect(() => durationSeconds(text, "--grace")).toThrow(
      /^--grace ".*" is not a duration\. Write a number and s, m, h or d/,
    );
  },
);
