import type { Tx } from "#lib/db.ts";
import { Prisma } from "#lib/generated/prisma/client.ts";
import type { Candidate } from "./ranking.ts";
import type { MemoryType } from "./vocabulary.ts";

export type Search = {
  userId: string;
  namespace: string | undefined;
  types: readonly MemoryType[] | undefined;
  minConfidence: number | undefined;
  /** Empty for the newest only. */
  query: string;
  /** Entities that the caller prefers. */
  entityIds: string[];
  /** How many rows will be shown. */
  limit: number;
};
type Scope = Search & {
  /** Only memories that concern the preferred entities. */
  onlyTheirs: boolean;
};

/** Full text and likeness add at least so many candidates: what is second in two rankings can come first. */
const BUDGET_MIN = 100;
/** Letters of a word that is compared by likeness: shorter ones have too few trigrams, longer ones are not words. */
const LIKE_WORD = { min: 4, max: 32 } as const;
/** Words of the query that are compared by likeness: the first ones, so that further words never take anything away. */
const LIKE_WORDS_MAX = 8;
/** Pairs of letters of the query that are looked for, the first ones again. */
const PAIRS_MAX = 16;
/** Most memories whose likeness is measured, which is dear: the newest of those that the index finds. */
const ALIKE_MAX = 500;
/** How alike two words must be, from 0 to 1. `meetng` and `meeting` reach 0.57, `contact` and `contract` too; at 0.4 noise begins. */
const LIKENESS_MIN = "0.5";

/**
 * Runs the searches of ranking.ts; each carries the owner. With preferred entities each runs a second time for theirs
 * alone. A memory that is found more than once is one candidate.
 */
export async function findCandidates(tx: Tx, search: Search): Promise<Candidate[]> {
  const candidates = new Map<string, Candidate>();
  const add = (rows: readonly Row[], found: (row: Row) => Partial<Candidate>) => {
    for (const row of rows) {
      candidates.set(row.id, { ...(candidates.get(row.id) ?? candidateFromRow(row)), ...found(row) });
    }
  };
  const scopes: Scope[] = [{ ...search, onlyTheirs: false }];
  if (search.entityIds.length > 0) scopes.push({ ...search, onlyTheirs: true });
  for (const scope of scopes) add(await newest(tx, scope), () => ({}));
  if (search.query === "") return [...candidates.values()];

  const words = wordsOf(search.query);
  const found = new Set<string>();
  for (const scope of scopes) {
    const matching = await findMatching(tx, scope, words);
    add(matching, ({ value }) => ({ textRank: value }));
    for (const word of matching.flatMap((row) => row.words)) found.add(word);
  }
  const missing = words.filter((word) => !found.has(word));
  const asked = { words: await wordsToCompare(tx, missing), pairs: pairsOf(search.query) };
  if (asked.words.length + asked.pairs.length === 0) return [...candidates.values()];
  for (const scope of scopes) add(await findAlike(tx, scope, asked), ({ value }) => ({ likeness: value }));
  return [...candidates.values()];
}

type Row = { id: string; created_at: Date; confidence: number; concerns_entity: boolean; value: number };
type MatchingRow = Row & { words: string[] };

function newest(tx: Tx, search: Scope): Promise<Row[]> {
  return tx.$queryRaw<Row[]>`
    SELECT ${columns(search)}, 0::float8 AS value FROM memories m
    WHERE ${mine(search)} ORDER BY m.created_at DESC, m.id DESC LIMIT ${search.limit}`;
}

/** The 1 of ts_rank makes long texts count less. */
function findMatching(tx: Tx, search: Scope, words: string[]): Promise<MatchingRow[]> {
  const asked = anyWordOf(search.query);
  return tx.$queryRaw<MatchingRow[]>`
    SELECT best.id, best.created_at, best.confidence, best.concerns_entity, best.value,
      ARRAY(SELECT word FROM unnest(${words}::text[]) word WHERE best.search @@ plainto_tsquery('english', word)) AS words
    FROM (
      SELECT ${columns(search)}, m.search, ts_rank(m.search, ${asked}, 1)::float8 AS value FROM memories m
      WHERE ${mine(search)} AND m.search @@ ${asked}
      ORDER BY value DESC, m.created_at DESC, m.id DESC LIMIT ${budget(search)}
    ) best`;
}

/**
 * Words worth comparing by likeness: those that no match contains (comparing is dear, and a word that was found is no
 * typo), without the words that full text leaves out. Sets the threshold for the statements of this transaction.
 */
async function wordsToCompare(tx: Tx, words: string[]): Promise<string[]> {
  if (words.length === 0) return [];
  const rows = await tx.$queryRaw<{ word: string }[]>`
    SELECT word, set_config('pg_trgm.word_similarity_threshold', ${LIKENESS_MIN}, true)
    FROM unnest(${words}::text[]) word WHERE numnode(plainto_tsquery('english', word)) > 0`;
  return rows.map(({ word }) => word);
}

/**
 * `%>` finds a missing, doubled or wrong letter through the trigram index; the most common slip, two letters exchanged,
 * leaves too few trigrams intact and is looked up as what was meant. Pairs of letters of scripts without spaces are
 * looked for in the owner's texts one by one, which no index helps. The sum prefers texts that have more of all these.
 */
function findAlike(tx: Tx, search: Scope, { words, pairs }: { words: string[]; pairs: string[] }): Promise<Row[]> {
  const exchanged = anyWordOf(words.flatMap(lettersExchanged).join(" "));
  const contained = Prisma.sql`(SELECT count(*) FROM unnest(${pairs}::text[]) pair WHERE strpos(m.content, pair) > 0)`;
  const conditions = [Prisma.sql`m.content %> ANY(${words}::text[])`, Prisma.sql`m.search @@ ${exchanged}`];
  if (pairs.length > 0) conditions.push(Prisma.sql`${contained} > 0`);
  return tx.$queryRaw<Row[]>`
    SELECT m.id, m.created_at, m.confidence, m.concerns_entity,
      coalesce((SELECT sum(word_similarity(word, m.content)) FROM unnest(${words}::text[]) word)::float8, 0)
        + CASE WHEN m.search @@ ${exchanged} THEN 1 ELSE 0 END + ${contained} AS value
    FROM (
      SELECT ${columns(search)}, m.content, m.search FROM memories m
      WHERE ${mine(search)} AND (${Prisma.join(conditions, " OR ")})
      ORDER BY m.created_at DESC, m.id DESC LIMIT ${ALIKE_MAX}
    ) m
    ORDER BY value DESC, m.created_at DESC, m.id DESC LIMIT ${budget(search)}`;
}

/**
 * A tsquery of the text's words joined by OR, so that more words never find less. `plainto_tsquery` joins them with
 * ` & `, and no lexeme of the English parser contains a space, so its text can be turned around.
 */
function anyWordOf(text: string): Prisma.Sql {
  return Prisma.sql`replace(plainto_tsquery('english', ${text})::text, ' & ', ' | ')::tsquery`;
}

/** What the word is with two neighbours exchanged: of `freind` also `friend`. */
function lettersExchanged(word: string): string[] {
  const letters = [...word];
  return letters.slice(1).map((letter, at) =>
    letters
      .with(at, letter)
      .with(at + 1, letters[at] ?? "")
      .join(""),
  );
}

function columns({ entityIds }: Search): Prisma.Sql {
  return Prisma.sql`m.id, m.created_at, m.confidence, ${concerns(entityIds)} AS concerns_entity`;
}

function mine({ userId, namespace, types, minConfidence, onlyTheirs, entityIds }: Scope): Prisma.Sql {
  const conditions = [Prisma.sql`m.user_id = ${userId}::uuid`];
  if (namespace !== undefined) conditions.push(Prisma.sql`m.namespace = ${namespace}`);
  if (types !== undefined) conditions.push(Prisma.sql`m.type = ANY(${[...types]}::text[])`);
  if (minConfidence !== undefined) conditions.push(Prisma.sql`m.confidence >= ${minConfidence}`);
  if (onlyTheirs) conditions.push(concerns(entityIds));
  return Prisma.join(conditions, " AND ");
}

function concerns(entityIds: string[]): Prisma.Sql {
  if (entityIds.length === 0) return Prisma.sql`false`;
  const ids = Prisma.sql`ANY(${entityIds}::uuid[])`;
  return Prisma.sql`coalesce(m.entity_id = ${ids} OR m.source_entity_id = ${ids}, false)`;
}

function budget({ limit }: Search): number {
  return Math.max(limit, BUDGET_MIN);
}

function wordsOf(query: string): string[] {
  const words = query.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return [...new Set(words)]
    .filter(({ length }) => length >= LIKE_WORD.min && length <= LIKE_WORD.max)
    .slice(0, LIKE_WORDS_MAX);
}

/** Neighbouring letters in scripts that do not put spaces between words: full text sees a whole sentence as one word. */
function pairsOf(query: string): string[] {
  const runs =
    query.match(/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]+/gu) ?? [];
  const pairs = runs.map((run) => [...run]).flatMap((run) => run.slice(1).map((letter, at) => `${run[at]}${letter}`));
  return [...new Set(pairs)].slice(0, PAIRS_MAX);
}

function candidateFromRow(row: Row): Candidate {
  return {
    id: row.id,
    createdAt: row.created_at,
    confidence: row.confidence,
    textRank: undefined,
    likeness: undefined,
    concernsEntity: row.concerns_entity,
  };
}
