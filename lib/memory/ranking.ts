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
 * These candidates are then ranked several times, and the rankings fused by weighted reciprocal ranks:
 *   score(m) = sum over rankings of  weight * (K + 1) / (K + rank of m)     (nothing where a ranking lacks m)
 * The weights add up to 1, so a score is between 0 and 1. What is merely recent, sure or about the entity reaches at
 * most 0.10: existing clients cut at 0.15 to keep what fits the query. What of the entity's fits the query comes, but
 * for very long lists, before what fits of others'. Equal values share a rank; equal scores go newest first, then by id.
 */

/** How fast a lower rank loses. The usual constant: rank 61 counts half of rank 1. */
const K = 60;

type Value = (candidate: Candidate) => number | undefined;

/** By what a ranking puts candidates in order; higher is better, undefined is not ranked. */
const matches: Value = ({ textRank }) => textRank;
const like: Value = ({ likeness }) => likeness;
const entity: Value = ({ concernsEntity }) => (concernsEntity ? 1 : undefined);
const recent: Value = ({ createdAt }) => createdAt.getTime();
const sure: Value = ({ confidence }) => confidence;
const entityOnly =
  (value: Value): Value =>
  (candidate) =>
    candidate.concernsEntity ? value(candidate) : undefined;

const WEIGHTS: Weights = [
  [0.7, matches],
  [0.2, like],
  [0.06, recent],
  [0.04, sure],
];
const WEIGHTS_WITH_ENTITY: Weights = [
  [0.42, matches],
  [0.28, entityOnly(matches)],
  [0.14, like],
  [0.06, entityOnly(like)],
  [0.03, entity],
  [0.04, recent],
  [0.03, sure],
];
/** Without a query there is nothing to match, and confidence must not disturb "newest first". */
const WEIGHTS_OF_LIST: Weights = [
  [0.6, entity],
  [0.4, recent],
];
type Weights = readonly (readonly [weight: number, value: Value])[];

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
  const scores = fuse(
    weightsFor(candidates, hasQuery).map(([weight, value]) => ({ weight, values: valuesBy(candidates, value) })),
  );
  return candidates
    .toSorted(byTime)
    .map((candidate) => ({ id: candidate.id, score: scores.get(candidate.id) ?? 0, reason: reasonFor(candidate) }))
    .toSorted((a, b) => b.score - a.score); // stable, so equal scores stay newest first
}

export type Ranking = {
  weight: number;
  /** What it knows about each memory; higher is better. A memory that is missing gets nothing from this ranking. */
  values: ReadonlyMap<string, number>;
};

/**
 * Pure: fuses rankings by weighted reciprocal ranks. The order of the rankings and of their entries does not
 * matter (but for rounding), and a higher value in one ranking never lowers a memory's score.
 */
export function fuse(rankings: readonly Ranking[]): Map<string, number> {
  const scores = new Map<string, number>();
  for (const { weight, values } of rankings) {
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

function weightsFor(candidates: readonly Candidate[], hasQuery: boolean): Weights {
  if (!hasQuery) return WEIGHTS_OF_LIST;
  return candidates.some(({ concernsEntity }) => concernsEntity) ? WEIGHTS_WITH_ENTITY : WEIGHTS;
}

function valuesBy(candidates: readonly Candidate[], value: Value): Map<string, number> {
  const values = new Map<string, number>();
  for (const candidate of candidates) {
    const known = value(candidate);
    if (known !== undefined) values.set(candidate.id, known);
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
