/**
 * Pure: splits a fact at its first ASCII space into predicate and object. A fact without a space has the predicate
 * `knows` and is shown as `knows <fact>`; any other comes back as it was sent.
 */
export function splitFact(fact: string): { predicate: string; object: string; content: string } {
  const space = fact.indexOf(" ");
  if (space === -1) return { predicate: "knows", object: fact, content: `knows ${fact}` };
  return { predicate: fact.slice(0, space), object: fact.slice(space + 1), content: fact };
}
