import type { RecallReason } from "./memory-store.ts";

/*
 * How recall ranks. The one place.
 *
 * Candidates come from three searches, each of the user's own rows only:
 *   matches  full text: any word of the query, by its English stem (more of the words, and in a shorter text, is better);
 *   like     trigrams, for words of the query that no match contains: what looks like them (typos, longer forms);
 *   recent   the newest, so that an answer is never empty while there are memories.
 * With an entity each search runs once more for its memories alone, so that a large store cannot crowd them out.
 *
 * Five rankings of these candidates are then fused by weighted reciprocal ranks:
 *   score(m) = sum over rankings of  weight * (K + 1) / (K + rank of m)     (nothing where a ranking lacks m)
 * The weights add up to 1, so a score is between 0 and 1. What is merely recent or sure reaches at most 0.10, or 0.20
 * when it concerns the entity: existing clients cut at 0.15 to keep what fits the query.
 * Equal values share a rank, and equal scores are put in the order of time, newest first, then by id.
 */

/** How fast a lower rank loses. The usual constant: rank 61 counts half of rank 1. */
const K = 60;

const WEIGHTS = { matches: 0.6, like: 0.2, entity: 0.1, recent: 0.06, sure: 0.04 } as const;
/** Without a query there is nothing to match, and confidence must not disturb "newest first". */
const WEIGHTS_OF_LIST = { entity: 0.6, recent: 0.4 } as const;

/** One memory that a search found. */
export type Candidate = {
  id: string;
  createdAt: Date;
  confidence: number;
  /** Full-text rank; undefined when no word matches. */
  textRank: number | undefined;
  /** How much its words look like the query's; undefined when none does. */
  likeness: number | undefined;
  /** Whether it concerns the entity that the caller prefers. */
  concernsEntity: boolean;
};
export type Ranked = { id: string; score: number; reason: RecallReason };

/** Pure: all candidates, best first, each with its score and why it is there. */
export function rankCandidates(candidates: readonly Candidate[], hasQuery: boolean): Ranked[] {
  const newestFirst = candidates.toSorted(byTime);
  const value = (of: (candidate: Candidate) => number | undefined) => valuesBy(newestFirst, of);
  const entity = value(({ concernsEntity }) => (concernsEntity ? 1 : undefined));
  const recent = new Map(newestFirst.map(({ id }, index) => [id, -index]));
  const rankings = hasQuery
    ? [
        { weight: WEIGHTS.matches, values: value(({ textRank }) => textRank) },
        { weight: WEIGHTS.like, values: value(({ likeness }) => likeness) },
        { weight: WEIGHTS.entity, values: entity },
        { weight: WEIGHTS.recent, values: recent },
        { weight: WEIGHTS.sure, values: value(({ confidence }) => confidence) },
      ]
    : [
        { weight: WEIGHTS_OF_LIST.entity, values: entity },
        { weight: WEIGHTS_OF_LIST.recent, values: recent },
      ];
  const scores = fuse(rankings);
  return newestFirst
    .map((candidate) => ({ id: candidate.id, score: scores.get(candidate.id) ?? 0, reason: reasonFor(candidate) }))
    .toSorted((a, b) => b.score - a.score); // stable, so equal scores stay newest first
}

export type Ranking = {
  weight: number;
  /** What it knows about each memory; higher is better. A memory that is missing gets nothing from this ranking. */
  values: ReadonlyMap<string, number>;
};

/**
 * Pure: fuses rankings by weighted reciprocal ranks. The order of the rankings and of their entries does not matter,
 * and a higher value in one ranking never lowers a memory's score.
 */
export function fuse(rankings: readonly Ranking[]): Map<string, number> {
  const scores = new Map<string, number>();
  // By weight, because sums of floating-point numbers depend on their order.
  for (const { weight, values } of rankings.toSorted((a, b) => b.weight - a.weight)) {
    let rank = 0;
    let previous = Number.NaN;
    for (const [index, [id, current]] of [...values].toSorted((a, b) => b[1] - a[1]).entries()) {
      if (current !== previous) rank = index + 1;
      previous = current;
      scores.set(id, (scores.get(id) ?? 0) + (weight * (K + 1)) / (K + rank));
    }
  }
  return scores;
}

function valuesBy(candidates: readonly Candidate[], of: (candidate: Candidate) => number | undefined) {
  const values = new Map<string, number>();
  for (const candidate of candidates) {
    const value = of(candidate);
    if (value !== undefined) values.set(candidate.id, value);
  }
  return values;
}

function reasonFor({ textRank, likeness }: Candidate): RecallReason {
  if (textRank !== undefined) return "matches";
  return likeness === undefined ? "recent" : "like";
}

function byTime(a: Candidate, b: Candidate): number {
  return b.createdAt.getTime() - a.createdAt.getTime() || (a.id < b.id ? 1 : -1);
}
