import type { Actor } from "#lib/audit/actor.ts";
import { db } from "#lib/db.ts";
import { Prisma } from "#lib/generated/prisma/client.ts";
import { SHOWN_CHARACTERS } from "./key-format.ts";
import { KEY_VIEW_SELECT, type KeyView, keyView } from "./key-view.ts";
import { decodeCursor, encodeCursor, type KeyCursor } from "./list-cursor.ts";
import type { ListKeysInput } from "./schemas.ts";

export const KEYS_PER_PAGE = 50;

export type KeyList = {
  keys: KeyView[];
  /** Of all keys that the search finds, whatever the filter. */
  counts: { all: number; inUse: number; ended: number };
  nextCursor: string | undefined;
  previousCursor: string | undefined;
};

type Position = { id: string; headId: string; sort: Date; depth: number };

/**
 * The actor's keys, 50 a page, by creation or last use. A key in grace stands right below the key that replaced it, whatever
 * their own dates, so a rotation reads as one thing. The search finds names and first characters; a pasted whole key finds itself.
 * A cursor that is not ours starts at the first page.
 */
export async function listKeys(actor: Actor, input: ListKeysInput, now = new Date()): Promise<KeyList> {
  const cursor = decodeCursor(input.cursor);
  const backwards = cursor?.direction === "previous";
  const descending = (input.order === "desc") !== backwards;
  const [positions, counts] = await Promise.all([
    readPositions(actor, input, cursor, descending, now),
    countKeys(actor, input, now),
  ]);
  const hasMore = positions.length > KEYS_PER_PAGE;
  const page = positions.slice(0, KEYS_PER_PAGE);
  if (backwards) page.reverse();
  const rows = await db().apiKey.findMany({
    where: { userId: actor.userId, id: { in: page.map((position) => position.id) } },
    select: KEY_VIEW_SELECT,
  });
  const byId = new Map(rows.map((row) => [row.id, keyView(row, now)]));
  const [first, last] = [page[0], page.at(-1)];
  return {
    keys: page.flatMap(({ id }) => byId.get(id) ?? []),
    counts,
    nextCursor: last && (backwards || hasMore) ? encodeCursor({ direction: "next", ...last }) : undefined,
    previousCursor:
      first && cursor && (!backwards || hasMore) ? encodeCursor({ direction: "previous", ...first }) : undefined,
  };
}

const IN_GRACE = (key: string, now: Date) =>
  Prisma.sql`(${Prisma.raw(key)}.rotated_at IS NOT NULL AND ${Prisma.raw(key)}.revoked_at IS NULL AND ${Prisma.raw(key)}.grace_ends_at > ${now})`;

const IN_USE = (now: Date) =>
  Prisma.sql`(k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > ${now}) AND (k.rotated_at IS NULL OR k.grace_ends_at > ${now}))`;

/** Walks from each head (a key that is not in grace) down to the keys in grace that it replaced, and pages over the result. */
async function readPositions(
  actor: Actor,
  input: ListKeysInput,
  cursor: KeyCursor | undefined,
  descending: boolean,
  now: Date,
): Promise<Position[]> {
  const column = Prisma.raw(input.sort === "created" ? "k.created_at" : "coalesce(k.last_used_at, 'epoch')");
  // Depth always ascends within a head, so its sign turns with the direction to make one comparison of rows do.
  const sign = Prisma.raw(input.order === "desc" ? "-" : "");
  const compare = Prisma.raw(descending ? "<" : ">");
  const order = Prisma.raw(descending ? "DESC" : "ASC");
  const after = cursor
    ? Prisma.sql`AND (c.sort, c.head_id, ${sign}c.depth) ${compare} (${cursor.sort}::timestamptz, ${cursor.headId}::uuid, ${sign}(${cursor.depth}::int))`
    : Prisma.empty;
  return await db().$queryRaw<Position[]>`
    WITH RECURSIVE c AS (
      SELECT k.id, k.id AS head_id, date_trunc('milliseconds', ${column}) AS sort, 0 AS depth
      FROM api_keys k WHERE k.user_id = ${actor.userId}::uuid AND NOT ${IN_GRACE("k", now)}
      UNION ALL
      SELECT p.id, c.head_id, c.sort, c.depth + 1
      FROM c JOIN api_keys s ON s.id = c.id JOIN api_keys p ON p.id = s.predecessor_id
      WHERE p.user_id = ${actor.userId}::uuid AND ${IN_GRACE("p", now)}
    )
    SELECT c.id::text, c.head_id::text AS "headId", c.sort, c.depth
    FROM c JOIN api_keys k ON k.id = c.id
    WHERE ${matches(input)} AND ${filtered(input, now)} ${after}
    ORDER BY c.sort ${order}, c.head_id ${order}, ${sign}c.depth ${order}
    LIMIT ${KEYS_PER_PAGE + 1}`;
}

async function countKeys(actor: Actor, input: ListKeysInput, now: Date): Promise<KeyList["counts"]> {
  const [row] = await db().$queryRaw<{ all: number; inUse: number }[]>`
    SELECT count(*)::int AS "all", count(*) FILTER (WHERE ${IN_USE(now)})::int AS "inUse"
    FROM api_keys k WHERE k.user_id = ${actor.userId}::uuid AND ${matches(input)}`;
  const { all, inUse } = row ?? { all: 0, inUse: 0 };
  return { all, inUse, ended: all - inUse };
}

function filtered(input: ListKeysInput, now: Date): Prisma.Sql {
  if (input.filter === "all") return Prisma.sql`TRUE`;
  return input.filter === "in_use" ? IN_USE(now) : Prisma.sql`NOT ${IN_USE(now)}`;
}

function matches(input: ListKeysInput): Prisma.Sql {
  const query = input.query.replaceAll("\u0000", "").trim();
  if (query === "") return Prisma.sql`TRUE`;
  const escaped = query.replace(/[\\%_]/g, "\\$&");
  return Prisma.sql`(k.name ILIKE ${`%${escaped}%`} OR starts_with(k.prefix, ${query.slice(0, SHOWN_CHARACTERS)}))`;
}
