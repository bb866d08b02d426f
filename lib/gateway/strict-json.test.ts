import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseJson } from "./strict-json.ts";

const parse = (text: string) => parseJson(Buffer.from(text));

describe("JSON from clients", () => {
  it("is taken as JSON.parse takes it, whatever it holds", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        // fast-check may repeat a name only by escaping it in another way, which JSON.stringify never does.
        expect(parse(text)).toEqual({ ok: true, value: JSON.parse(text) });
      }),
    );
  });

  it.each([
    ["a name twice", '{"a":1,"a":2}'],
    ["a name twice, escaped in another way", '{"a":1,"\\u0061":2}'],
    ["a name twice, further in", '[{"b":{"a":1,"c":[],"a":2}}]'],
    ["nesting", "[".repeat(33) + "]".repeat(33)],
    ["very deep nesting", "[".repeat(500_000) + "]".repeat(500_000)],
    ["too many members", `[${"0,".repeat(30_000)}0]`],
    ["no JSON", "{a:1}"],
    ["a byte order mark", "\ufeff{}"],
    ["nothing", ""],
  ])("%s is refused", (_what, text) => {
    expect(parse(text)).toEqual({ ok: false });
  });

  it("attack 40: bytes that are not UTF-8 are refused, in a text too", () => {
    expect(parseJson(Buffer.from([0x22, 0xff, 0x22]))).toEqual({ ok: false });
    expect(parseJson(Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]))).toEqual({ ok: false });
  });

  it("equal names in different objects, and texts that look like names, are fine", () => {
    for (const text of [
      '{"a":{"a":1},"b":[{"a":1},{"a":1}]}',
      '{"a":"b","b":"a"}',
      '["a","a"]',
      '{"a":"x\\":","b":1}',
    ]) {
      expect(parse(text)).toEqual({ ok: true, value: JSON.parse(text) });
    }
  });

  it("__proto__ becomes a property of its own and changes no prototype", () => {
    const parsed = parse('{"__proto__":{"isAdmin":true}}');
    expect(parsed.ok && Object.getPrototypeOf(parsed.value)).toBe(Object.prototype);
    expect({}).not.toHaveProperty("isAdmin");
  });
});
