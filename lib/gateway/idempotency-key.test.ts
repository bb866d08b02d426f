import { expect, test } from "vitest";
import { fingerprintOf } from "./idempotency-key.ts";

const same = (one: unknown, other: unknown) =>
  Buffer.compare(fingerprintOf("remember", one), fingerprintOf("remember", other)) === 0;

test("a request is the same whatever the order of its fields, at every depth", () => {
  expect(same({ a: 1, b: [{ c: 2, d: 3 }] }, { b: [{ d: 3, c: 2 }], a: 1 })).toBe(true);
});

test.each([
  [{ a: 1 }, { a: "1" }],
  [{ a: 1 }, { a: 1, b: null }],
  [{ a: [1, 2] }, { a: [2, 1] }],
  [{ a: { b: 1 } }, { a: [["b", 1]] }],
  [{ "a,b": 1 }, { a: "b,1" }],
  [{ __proto__: null, a: 1 }, JSON.parse('{"__proto__": {"b": 1}, "a": 1}')],
])("%j and %j are two requests", (one, other) => {
  expect(same(one, other)).toBe(false);
});

test("the same input for another operation is another request", () => {
  expect(Buffer.compare(fingerprintOf("observe", {}), fingerprintOf("remember", {}))).not.toBe(0);
});
