import type { Tx } from "#lib/db.ts";
import { Prisma } from "#lib/generated/prisma/client.ts";
import type { Candidate } from "./ranking.ts";
import type { MemoryType } from "./vocabulary.ts";

/** Which of the user's memories a search may find. */
export type SearchFilter = {
  userId: string;
  namespace: string | undefined;
  types: readonly MemoryType[] | undefined;
  minConfidence: number | undefined;
};
export type Search = SearchFilter & {
  /** Empty for the newest only. */
  query: string;
  /** Entities that the caller prefers. */
  entityIds: string[];
  /** Only memories that concern these entities. */
  onlyTheirs: boolean;
  /** Most rows that each of the three searches may add. */
  budget: number;
};

/** Words shorter than this have too few trigrams to be told apart. */
const LIKE_WORD_MIN = 4;
/** Words of the query that are compared by likeness. The first ones, so that further words never take anything away. */
const LIKE_WORDS_MAX = 12;
/** How alike two words must be. At 0.5 one wrong letter in a word of eight is found. */
const LIKENESS_MIN = "0.5";

/** Runs the three searches of ranking.ts in one statement. Every branch carries the owner. */
export async function findCandidates(tx: Tx, search: Search): Promise<Candidate[]> {
  const words = likeWords(search.query);
  const mine = filterOf(search);
  const { budget, query } = search;
  if (words.length > 0) {
    await tx.$queryRaw`SELECT set_config('pg_trgm.word_similarity_threshold', ${LIKENESS_MIN}, true)`;
  }
  const branches = [
    Prisma.sql`recent AS (SELECT id FROM memories m WHERE ${mine} ORDER BY created_at DESC, id DESC LIMIT ${budget})`,
  ];
  if (query !== "") branches.push(matching(mine, query, budget));
  if (words.length > 0) branches.push(alike(mine, words, budget));
  const none = Prisma.sql`(SELECT NULL::uuid AS id, NULL::float8 AS value)`;
  const rows = await tx.$queryRaw<Row[]>`
    WITH ${Prisma.join(branches, ", ")}
    SELECT m.id, m.created_at, m.confidence, matching.value AS text_rank, alike.value AS likeness,
           ${concerns(search.entityIds)} AS concerns_entity
    FROM memories m
    LEFT JOIN ${query === "" ? none : Prisma.raw("matching")} AS matching ON matching.id = m.id
    LEFT JOIN ${words.length === 0 ? none : Prisma.raw("alike")} AS alike ON alike.id = m.id
    WHERE m.user_id = ${search.userId}::uuid AND m.id IN (
      SELECT id FROM recent
      ${query === "" ? Prisma.empty : Prisma.sql`UNION ALL SELECT id FROM matching`}
      ${words.length === 0 ? Prisma.empty : Prisma.sql`UNION ALL SELECT id FROM alike`}
    )`;
  return rows.map(candidateFromRow);
}

type Row = {
  id: string;
  created_at: Date;
  confidence: number;
  text_rank: number | null;
  likeness: number | null;
  concerns_entity: boolean;
};

/**
 * The query's words joined by OR, so that more words never find less. `plainto_tsquery` joins them with ` & `, and no
 * lexeme of the English parser contains a space, so the text can be turned around safely. 1: long texts count less.
 */
function matching(mine: Prisma.Sql, query: string, budget: number): Prisma.Sql {
  return Prisma.sql`
    asked AS MATERIALIZED (SELECT replace(plainto_tsquery('english', ${query})::text, ' & ', ' | ')::tsquery AS words),
    matching AS (
      SELECT m.id, ts_rank(m.search, (SELECT words FROM asked), 1)::float8 AS value
      FROM memories m
      WHERE ${mine} AND m.search @@ (SELECT words FROM asked)
      ORDER BY value DESC, m.created_at DESC, m.id DESC LIMIT ${budget}
    )`;
}

/** `%>` finds through the trigram index; the sum prefers texts in which more of the words have a likeness. */
function alike(mine: Prisma.Sql, words: string[], budget: number): Prisma.Sql {
  return Prisma.sql`
    alike AS (
      SELECT m.id, (SELECT sum(word_similarity(word, m.content)) FROM unnest(${words}::text[]) word)::float8 AS value
      FROM memories m
      WHERE ${mine} AND m.content %> ANY(${words}::text[])
      ORDER BY value DESC, m.created_at DESC, m.id DESC LIMIT ${budget}
    )`;
}

function filterOf({ userId, namespace, types, minConfidence, onlyTheirs, entityIds }: Search): Prisma.Sql {
  const conditions = [Prisma.sql`m.user_id = ${userId}::uuid`];
  if (namespace !== undefined) conditions.push(Prisma.sql`m.namespace = ${namespace}`);
  if (types !== undefined) conditions.push(Prisma.sql`m.type = ANY(${[...types]}::text[])`);
  if (minConfidence !== undefined) conditions.push(Prisma.sql`m.confidence >= ${minConfidence}`);
  if (onlyTheirs) conditions.push(concerns(entityIds));
  return Prisma.join(conditions, " AND ");
}

function concerns(entityIds: string[]): Prisma.Sql {
  if (entityIds.length === 0) return Prisma.sql`false`;
  return Prisma.sql`(m.entity_id = ANY(${entityIds}::uuid[]) OR coalesce(m.source_entity_id = ANY(${entityIds}::uuid[]), false))`;
}

function likeWords(query: string): string[] {
  const words = query.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return [...new Set(words)].filter((word) => word.length >= LIKE_WORD_MIN).slice(0, LIKE_WORDS_MAX);
}

function candidateFromRow(row: Row): Candidate {
  return {
    id: row.id,
    createdAt: row.created_at,
    confidence: row.confidence,
    textRank: row.text_rank ?? undefined,
    likeness: row.likeness ?? undefined,
    concernsEntity: row.concerns_entity,
  };
}
