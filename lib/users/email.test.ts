import { describe, expect, test } from "vitest";
import { normalizeEmail } from "./email.ts";

describe("an e-mail address has one spelling", () => {
  test.each([
    ["ada@example.org", "ada@example.org"],
    ["  Ada@Example.ORG\n", "ada@example.org"],
    ["a.b+tag@sub.example.org", "a.b+tag@sub.example.org"],
    ["root@localhost", "root@localhost"],
    ["o'neil@example.org", "o'neil@example.org"],
    ["ada@bücher.example", "ada@xn--bcher-kva.example"],
  ])("%j is %j", (text, expected) => {
    expect(normalizeEmail(text)).toBe(expected);
  });
});

describe("attack 32: an address that only looks like one is refused", () => {
  test.each([
    ["no @ at all", "ada.example.org"],
    ["full-width @ alone", "ada＠example.org"],
    ["full-width @ before a real one", "ada＠example.org@evil.example"],
    ["full-width @ after a real one", "ada@evil.example＠example.org"],
    ["small @ (U+FE6B)", "ada﹫example.org"],
    ["two @", "ada@example.org@evil.example"],
    ["full-width letters in the domain", "ada@ｅxample.org"],
    ["Cyrillic letter in the local part", "аda@example.org"],
    ["comma, two addresses", "ada@example.org,eve@evil.example"],
    ["space inside", "ada eve@example.org"],
    ["line break and a header", "ada@example.org\r\nBcc: eve@evil.example"],
    ["NUL", "ada\0@example.org"],
    ["zero-width space", "ada\u200b@example.org"],
    ["quoted local part", '"ada eve"@example.org'],
    ["empty local part", "@example.org"],
    ["empty domain", "ada@"],
    ["dots in a row", "ada..eve@example.org"],
    ["domain label with a leading hyphen", "ada@-example.org"],
    ["IP literal", "ada@[127.0.0.1]"],
    ["too long", `${"a".repeat(250)}@example.org`],
    ["empty", ""],
  ])("%s", (_, text) => {
    expect(normalizeEmail(text)).toBeUndefined();
  });
});
