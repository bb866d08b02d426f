import type { Actor } from "#lib/audit/actor.ts";
import { type ActivityRow, listAudit } from "#lib/audit/list-audit.ts";
import { db } from "#lib/db.ts";
import { type KeptReceipt, readReceipt } from "#lib/events/kept-receipt.ts";

/** `receipt`: what the gateways answered, of the act that ended a key. */
export type HistoryRow = ActivityRow & { receipt?: KeptReceipt };

const ENDS = new Set(["key.revoked", "key.grace_ended"]);

/**
 * What was done with these keys of the actor's, newest first, at most 50 rows of each. The rotation that made a key is a row of
 * the key it replaced, so a key's history is read together with its predecessor's.
 */
export async function keyHistory(actor: Actor, keyIds: readonly string[]): Promise<HistoryRow[]> {
  const [kept, ...pages] = await Promise.all([
    receiptsOf(actor, keyIds),
    ...keyIds.map((targetId) => listAudit(actor, { targetId })),
  ]);
  return pages
    .flatMap(({ rows }) => withReceipt(rows, kept))
    .toSorted((one, other) => other.occurredAt.getTime() - one.occurredAt.getTime());
}

async function receiptsOf(actor: Actor, keyIds: readonly string[]): Promise<ReadonlyMap<string, KeptReceipt>> {
  const where = { userId: actor.userId, id: { in: [...keyIds] } };
  const keys = await db().apiKey.findMany({ where, select: { id: true, endReceipt: true } });
  return new Map(
    keys.flatMap(({ id, endReceipt }) => {
      const receipt = readReceipt(endReceipt);
      return receipt ? [[id, receipt]] : [];
    }),
  );
}

/** The receipt is that of the last act which ended the key; `rows` are of one key, newest first. */
function withReceipt(rows: readonly ActivityRow[], kept: ReadonlyMap<string, KeptReceipt>): HistoryRow[] {
  const last = rows.find(({ action }) => ENDS.has(action));
  const receipt = kept.get(last?.targetId ?? "");
  return rows.map((row) => (row === last && receipt ? { ...row, receipt } : row));
}
