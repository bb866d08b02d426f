import { z } from "zod";
import { db } from "#lib/db.ts";
import type { Receipt } from "#lib/events/receipt.ts";
import { log } from "#lib/log.ts";

/** What is kept of a receipt: who refused the app, and after how long. */
const endReceiptSchema = z.object({
  acknowledged: z.number(),
  of: z.number(),
  milliseconds: z.number(),
  /** Names of the gateways that did not answer. */
  silent: z.array(z.string()),
});
export type EndReceipt = z.infer<typeof endReceiptSchema>;

/**
 * Keeps the receipt with grants that ended, beside the act: it is known only after the commit, and an audit row is never changed. Never
 * throws: the grants have ended, whether or not it can be kept.
 */
export async function keepEndReceipt(grantIds: readonly string[], receipt: Receipt): Promise<void> {
  const { acknowledged, of, milliseconds, silent } = receipt;
  const endReceipt = { acknowledged, of, milliseconds, silent: silent.map(({ gateway }) => gateway) };
  try {
    await db().oAuthGrant.updateMany({ where: { id: { in: [...grantIds] } }, data: { endReceipt } });
  } catch (error) {
    log.warn("A receipt could not be kept; the apps are withdrawn", { error: String(error) });
  }
}

/** As it was kept; undefined where none was. */
export function readEndReceipt(kept: unknown): EndReceipt | undefined {
  return endReceiptSchema.safeParse(kept).data;
}
