import fc from "fast-check";
import { expect, test } from "vitest";
import { splitFact } from "./split-fact.ts";

test.each([
  ["prefers dark mode", "prefers", "dark mode", "prefers dark mode"],
  ["vegetarian", "knows", "vegetarian", "knows vegetarian"],
  [" leading", "", "leading", " leading"],
  ["trailing ", "trailing", "", "trailing "],
  ["a  b", "a", " b", "a  b"],
  ["no\u00a0break space", "no\u00a0break", "space", "no\u00a0break space"],
  ["tab\tonly", "knows", "tab\tonly", "knows tab\tonly"],
])("%j is split at its first ASCII space", (fact, predicate, object, content) => {
  expect(splitFact(fact)).toEqual({ predicate, object, content });
});

test("a fact with a space comes back as it was sent, and the content is always predicate, space, object", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (fact) => {
      const { predicate, object, content } = splitFact(fact);
      expect(content).toBe(`${predicate} ${object}`);
      if (fact.includes(" ")) expect(content).toBe(fact);
    }),
  );
});
