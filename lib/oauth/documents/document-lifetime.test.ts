import fc from "fast-check";
import { expect, test } from "vitest";
import { documentLifetime } from "./document-lifetime.ts";

const NOW = Date.parse("2026-11-24T12:00:00Z");

test.each<[Record<string, string>, number]>([
  [{}, 30],
  [{ "cache-control": "public, max-age=600" }, 600],
  [{ "cache-control": 'Max-Age="600"' }, 600],
  [{ "cache-control": "s-maxage=600" }, 30],
  [{ "cache-control": "max-age=1" }, 30],
  [{ "cache-control": "max-age=31536000, immutable" }, 86_400],
  [{ "cache-control": "max-age=600, no-store" }, 30],
  [{ "cache-control": "no-cache" }, 30],
  [{ expires: "Tue, 24 Nov 2026 12:10:00 GMT" }, 600],
  [{ expires: "0" }, 30],
  [{ "cache-control": "max-age=60", expires: "Tue, 24 Nov 2026 12:10:00 GMT" }, 60],
])("CIM-07: %j keeps a document for %i s", (headers, seconds) => {
  expect(documentLifetime(new Headers(headers), NOW)).toBe(seconds);
});

test("CIM-07: whatever the headers say, it is between 30 s and a day", () => {
  const text = fc.string({ unit: fc.constantFrom(...'max-age=no,store cache0123456789"'.split("")), maxLength: 40 });
  fc.assert(
    fc.property(text, text, (control, expires) => {
      const seconds = documentLifetime(new Headers({ "cache-control": control, expires }), NOW);
      expect(seconds).toBeGreaterThanOrEqual(30);
      expect(seconds).toBeLessThanOrEqual(86_400);
    }),
  );
});
