import { expect, test } from "vitest";
import { countWords, millisecondsWords, numberWords, ofWords } from "./number-words.ts";

test("numbers are exact to 9,999 and short from there", () => {
  expect(numberWords(1847)).toBe("1,847");
  expect(numberWords(9999)).toBe("9,999");
  expect(numberWords(12_345)).toBe("12.3K");
});

test("counts agree with their noun, and zero is a word", () => {
  expect(countWords(1, "client")).toBe("1 client");
  expect(countWords(3, "client")).toBe("3 clients");
  expect(countWords(0, "client")).toBe("No clients");
  expect(countWords(2, "address", "addresses")).toBe("2 addresses");
  expect(ofWords(1, 1, "gateway")).toBe("1 of 1 gateway");
  expect(ofWords(3, 4, "gateway")).toBe("3 of 4 gateways");
});

test("milliseconds never round up", () => {
  expect(millisecondsWords(0.4)).toBe("under 1 ms");
  expect(millisecondsWords(12.9)).toBe("12 ms");
  expect(millisecondsWords(1290)).toBe("1.2 s");
  expect(millisecondsWords(6000)).toBe("6 s");
});
