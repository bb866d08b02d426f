import fc from "fast-check";
import { expect, test } from "vitest";
import { type Candidate, fuse, type Ranking, rankCandidates } from "./ranking.ts";

const START = Date.UTC(2026, 0, 1);

function candidate(id: string, values: Partial<Candidate> = {}): Candidate {
  return {
    id,
    createdAt: new Date(START),
    confidence: 1,
    textRank: undefined,
    likeness: undefined,
    concernsEntity: false,
    ...values,
  };
}

const day = (n: number) => new Date(START + n * 86_400_000);
const ids = fc.constantFrom("a", "b", "c", "d", "e", "f", "g", "h");
const ranking: fc.Arbitrary<Ranking> = fc.record({
  weight: fc.double({ min: 0.01, max: 1, noNaN: true }),
  values: fc
    .uniqueArray(fc.tuple(ids, fc.integer({ min: 0, max: 5 })), { selector: ([id]) => id })
    .map((e) => new Map(e)),
});
const candidates = fc.uniqueArray(
  fc.record({
    id: fc.uuid(),
    createdAt: fc.integer({ min: 0, max: 5 }).map(day),
    confidence: fc.constantFrom(0, 0.5, 1),
    textRank: fc.option(fc.constantFrom(0.1, 0.2, 0.3), { nil: undefined }),
    likeness: fc.option(fc.constantFrom(0.5, 0.7), { nil: undefined }),
    concernsEntity: fc.boolean(),
  }),
  { selector: ({ id }) => id },
);

test("fusion depends neither on the order of the rankings nor on the order of their entries", () => {
  fc.assert(
    fc.property(fc.array(ranking), fc.integer(), (rankings, seed) => {
      const order = (n: number) => ((n + 1) * (Math.abs(seed) + 7)) % 11;
      const turned = rankings
        .map(({ weight, values }) => ({ weight, values: new Map([...values].reverse()) }))
        .map((entry, index) => ({ entry, key: order(index) }))
        .sort((a, b) => a.key - b.key)
        .map(({ entry }) => entry);
      const [one, other] = [fuse(rankings), fuse(turned)];
      expect([...other.keys()].sort()).toEqual([...one.keys()].sort());
      for (const [id, score] of one) expect(other.get(id)).toBeCloseTo(score, 12);
    }),
  );
});

test("a higher value in one ranking never lowers a memory's score, nor its place", () => {
  fc.assert(
    fc.property(fc.array(ranking, { minLength: 1 }), ids, fc.integer({ min: 1, max: 6 }), (rankings, id, more) => {
      const [first, ...rest] = rankings;
      if (!first) return;
      const raised = new Map(first.values).set(id, (first.values.get(id) ?? -1) + more);
      const before = fuse(rankings);
      const after = fuse([{ weight: first.weight, values: raised }, ...rest]);
      const place = (scores: Map<string, number>) =>
        [...scores.values()].filter((score) => score > (scores.get(id) ?? 0) + 1e-12).length;
      expect(after.get(id) ?? 0).toBeGreaterThanOrEqual((before.get(id) ?? 0) - 1e-12);
      expect(place(after)).toBeLessThanOrEqual(place(before));
    }),
  );
});

test("equal values share a rank", () => {
  const scores = fuse([
    {
      weight: 1,
      values: new Map([
        ["a", 3],
        ["b", 3],
        ["c", 1],
      ]),
    },
  ]);
  expect(scores.get("a")).toBe(1);
  expect(scores.get("b")).toBe(1);
  expect(scores.get("c")).toBe(61 / 63);
});

test("the ranking of candidates does not depend on the order in which they were found, and scores lie in 0 to 1", () => {
  fc.assert(
    fc.property(candidates, fc.boolean(), (found, hasQuery) => {
      const ranked = rankCandidates(found, hasQuery);
      expect(rankCandidates(found.toReversed(), hasQuery)).toEqual(ranked);
      expect(ranked.map(({ id }) => id).sort()).toEqual(found.map(({ id }) => id).sort());
      for (const { score } of ranked) expect(score >= 0 && score <= 1 + 1e-12).toBe(true);
    }),
  );
});

test("without a query the newest come first, whatever their confidence, and the preferred entity's before all", () => {
  const found = [
    candidate("old", { createdAt: day(1), confidence: 1 }),
    candidate("new", { createdAt: day(3), confidence: 0 }),
    candidate("middle", { createdAt: day(2), confidence: 1 }),
    candidate("hers", { createdAt: day(0), confidence: 0, concernsEntity: true }),
  ];
  expect(rankCandidates(found, false).map(({ id }) => id)).toEqual(["hers", "new", "middle", "old"]);
});

test("every result says why it is there", () => {
  const found = [
    candidate("word", { textRank: 0.1, likeness: 0.6 }),
    candidate("typo", { likeness: 0.6 }),
    candidate("new", { createdAt: day(9) }),
  ];
  expect(rankCandidates(found, true).map(({ id, reason }) => [id, reason])).toEqual([
    ["word", "matches"],
    ["typo", "like"],
    ["new", "recent"],
  ]);
});

test("what only is recent stays below the 0.15 at which existing clients cut, what matches lies above", () => {
  const fillers = Array.from({ length: 99 }, (_, n) => candidate(`m${n}`, { textRank: 1 + n, createdAt: day(n) }));
  const ranked = rankCandidates(
    [...fillers, candidate("last", { textRank: 0.5, confidence: 0 }), candidate("new", { createdAt: day(500) })],
    true,
  );
  expect(ranked.find(({ id }) => id === "new")?.score).toBeLessThanOrEqual(0.1);
  expect(ranked.find(({ id }) => id === "last")?.score).toBeGreaterThan(0.15);
});

test("equal scores are put newest first, then by id", () => {
  const found = ["a", "c", "b"].map((id) => candidate(id, { createdAt: day(1), concernsEntity: true }));
  expect(rankCandidates(found, false).map(({ id }) => id)).toEqual(["c", "b", "a"]);
});
