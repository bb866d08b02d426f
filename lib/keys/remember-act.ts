import type { Tx } from "#lib/db.ts";
import { DomainError } from "#lib/errors.ts";

/**
 * Makes an act with an idempotency key happen at most once: the first takes the row, a repeat learns that it was done.
 * As the first answer held the secret, a repeat cannot be answered again (ui.md section 6).
 * @throws DomainError `answer_lost` for a repeat.
 */
export async function rememberAct(
  tx: Tx,
  act: { userId: string; act: "key.create" | "key.rotate"; key: string | undefined; resultId: string },
): Promise<void> {
  if (act.key === undefined) return;
  const { count } = await tx.idempotencyKey.createMany({
    data: { userId: act.userId, act: act.act, key: act.key, resultId: act.resultId },
    skipDuplicates: true, // ON CONFLICT DO NOTHING waits for a transaction that is making the same row
  });
  if (count === 0) throw new DomainError("answer_lost");
}
