import { db } from "#lib/db.ts";
import type { Prisma } from "#lib/generated/prisma/client.ts";
import type { Actor } from "./actor.ts";
import type { ActivityPageInput } from "./schemas.ts";

export const ACTIVITY_PAGE_SIZE = 50;

/** One row of the activity page. */
export type ActivityRow = {
  id: string;
  occurredAt: Date;
  action: string;
  targetType: string | null;
  targetId: string | null;
  /** How the target was called then. */
  targetName: string | null;
  /** First 8 characters, where the target is a key that still exists and is not imported. */
  keyPrefix: string | null;
  actorKind: string;
  address: string | null;
  userAgent: string | null;
  details: Readonly<Record<string, string | number | boolean | null>>;
};

export type ActivityPage = {
  /** Newest first, at most {@link ACTIVITY_PAGE_SIZE}. */
  rows: ActivityRow[];
  /** Row id to continue with in each direction; undefined at an end. */
  newerThan?: string | undefined;
  olderThan?: string | undefined;
};

/**
 * One page of the actor's audit rows, newest first; keyset by time and id. Rows of others do not exist here: a foreign or
 * unknown id gives the first page.
 */
export async function listAudit(actor: Actor, input: ActivityPageInput = {}): Promise<ActivityPage> {
  const cursorId = input.before ?? input.after;
  const cursor = cursorId
    ? await db().auditEvent.findFirst({
        where: { id: cursorId, userId: actor.userId },
        select: { id: true, occurredAt: true },
      })
    : null;
  const isForward = cursor !== null && input.before === undefined;
  const found = await db().auditEvent.findMany({
    where: {
      userId: actor.userId,
      ...(input.targetId === undefined ? {} : { targetId: input.targetId }),
      ...(cursor ? beyond(cursor, isForward ? "gt" : "lt") : {}),
    },
    select: {
      id: true,
      occurredAt: true,
      action: true,
      targetType: true,
      targetId: true,
      targetName: true,
      actorKind: true,
      address: true,
      userAgent: true,
      details: true,
    },
    orderBy: isForward ? [{ occurredAt: "asc" }, { id: "asc" }] : [{ occurredAt: "desc" }, { id: "desc" }],
    take: ACTIVITY_PAGE_SIZE + 1,
  });
  const hasMore = found.length > ACTIVITY_PAGE_SIZE;
  const page = found.slice(0, ACTIVITY_PAGE_SIZE);
  if (isForward) page.reverse();
  const prefixes = await keyPrefixes(actor, page);
  const rows = page.map((row) => ({
    ...row,
    keyPrefix: prefixes.get(row.targetId ?? "") ?? null,
    details: plainDetails(row.details),
  }));
  const hasNewer = isForward ? hasMore : cursor !== null;
  const hasOlder = isForward || hasMore;
  return {
    rows,
    newerThan: hasNewer ? rows[0]?.id : undefined,
    olderThan: hasOlder ? rows.at(-1)?.id : undefined,
  };
}

/** Rows name keys by id; a person knows a key by its first characters. */
async function keyPrefixes(
  actor: Actor,
  rows: readonly { targetType: string | null; targetId: string | null }[],
): Promise<ReadonlyMap<string, string | null>> {
  const ids = rows.flatMap((row) => (row.targetType === "key" && row.targetId !== null ? [row.targetId] : []));
  if (ids.length === 0) return new Map();
  const keys = await db().apiKey.findMany({
    where: { userId: actor.userId, id: { in: ids } },
    select: { id: true, prefix: true },
  });
  return new Map(keys.map((key) => [key.id, key.prefix]));
}

function beyond(cursor: { id: string; occurredAt: Date }, side: "lt" | "gt"): Prisma.AuditEventWhereInput {
  return {
    OR: [{ occurredAt: { [side]: cursor.occurredAt } }, { occurredAt: cursor.occurredAt, id: { [side]: cursor.id } }],
  };
}

/** What recordAudit wrote: a flat object of scalars. */
function plainDetails(value: unknown): ActivityRow["details"] {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter(
      (entry): entry is [string, string | number | boolean | null] =>
        entry[1] === null || ["string", "number", "boolean"].includes(typeof entry[1]),
    ),
  );
}
