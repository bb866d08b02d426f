import fc from "fast-check";
import { expect, test } from "vitest";
import { generateKey, isWellFormedKey, KEY_LENGTH, shownPrefix } from "./key-format.ts";

test("KEY-01: a key is psy_, 43 characters of body, 6 of checksum, only letters, digits and _", () => {
  for (let count = 0; count < 200; count += 1) {
    const key = generateKey();
    expect(key).toMatch(/^psy_[0-9A-Za-z]{49}$/);
    expect(key).toHaveLength(KEY_LENGTH);
    expect(isWellFormedKey(key)).toBe(true);
  }
});

test("KEY-01: 10,000 keys are all different, and every position of the body varies", () => {
  const keys = Array.from({ length: 10_000 }, generateKey);
  expect(new Set(keys).size).toBe(keys.length);
  // The first digit of 256 bits in base 62 takes few values (62^43 > 2^256), the others all.
  for (let position = 5; position < 47; position += 1) expect(new Set(keys.map((key) => key[position])).size).toBe(62);
});

test("attack 3, KEY-02: every key with one character flipped, cut or appended is refused without a look-up", () => {
  const key = generateKey();
  for (let position = 0; position < key.length; position += 1) {
    const other = key[position] === "a" ? "b" : "a";
    expect(isWellFormedKey(key.slice(0, position) + other + key.slice(position + 1))).toBe(false);
    expect(isWellFormedKey(key.slice(0, position))).toBe(false);
    expect(isWellFormedKey(key.slice(0, position) + key.slice(position + 1))).toBe(false);
  }
  for (const tail of ["a", "0", "=", " ", "\n", "\u0000"]) expect(isWellFormedKey(key + tail)).toBe(false);
  expect(isWellFormedKey(key.toUpperCase())).toBe(false);
});

test("two neighbours swapped are noticed", () => {
  const key = generateKey();
  for (let position = 4; position < key.length - 1; position += 1) {
    const [left, right] = [key.charAt(position), key.charAt(position + 1)];
    if (left === right) continue;
    expect(isWellFormedKey(key.slice(0, position) + right + left + key.slice(position + 2))).toBe(false);
  }
});

test("no other text is well-formed", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 80 }), (text) => !isWellFormedKey(text)));
  fc.assert(
    fc.property(fc.stringMatching(/^psy_[0-9A-Za-z]{49}$/), (text) => !isWellFormedKey(text)),
    { numRuns: 1000 },
  );
});

test("what may be shown is 8 characters", () => {
  expect(shownPrefix(generateKey())).toMatch(/^psy_[0-9A-Za-z]{4}$/);
});
