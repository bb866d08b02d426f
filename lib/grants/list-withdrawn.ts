import type { Actor } from "#lib/audit/actor.ts";
import { db } from "#lib/db.ts";
import { type KeptReceipt, readReceipt } from "#lib/events/kept-receipt.ts";

const SHOWN = 10;
const SHOWN_FOR_MS = 30 * 86_400_000;

/** An app whose access ended, and through whom: see GrantEnd. */
export type WithdrawnView = {
  id: string;
  clientName: string;
  trust: string;
  revokedAt: Date;
  revokedBy: string | null;
  /** What the gateways answered, where a person or the operator withdrew it. */
  receipt: KeptReceipt | undefined;
};

/** The actor's grants that ended within 30 days, newest first, at most ten; /activity has all, also what no app came for. */
export async function listWithdrawn(actor: Actor, now = new Date()): Promise<WithdrawnView[]> {
  const rows = await db().oAuthGrant.findMany({
    where: {
      userId: actor.userId,
      redeemedAt: { not: null },
      revokedAt: { gt: new Date(now.getTime() - SHOWN_FOR_MS) },
    },
    orderBy: [{ revokedAt: "desc" }, { id: "desc" }],
    take: SHOWN,
    select: { id: true, clientName: true, trust: true, revokedAt: true, revokedBy: true, endReceipt: true },
  });
  return rows.flatMap(({ revokedAt, endReceipt, ...row }) =>
    revokedAt ? [{ ...row, revokedAt, receipt: readReceipt(endReceipt) }] : [],
  );
}
