import { z } from "zod";
import { log } from "#lib/log.ts";
import type { Receipt } from "./receipt.ts";

/** What is kept of a receipt: who refused the credential, and after how long. */
const keptReceiptSchema = z.object({
  acknowledged: z.number(),
  of: z.number(),
  milliseconds: z.number(),
  /** Names of the gateways that did not answer. */
  silent: z.array(z.string()),
});
export type KeptReceipt = z.infer<typeof keptReceiptSchema>;

/**
 * Has `write` keep the receipt with what ended, after the act: it is known only after the commit, and an audit row is never changed.
 * Never throws: the act has happened, whether or not its receipt can be kept.
 */
export async function keepReceipt(receipt: Receipt, write: (kept: KeptReceipt) => Promise<unknown>): Promise<void> {
  const { acknowledged, of, milliseconds, silent } = receipt;
  try {
    await write({ acknowledged, of, milliseconds, silent: silent.map(({ gateway }) => gateway) });
  } catch (error) {
    log.warn("A receipt could not be kept; what it is about has ended", { error: String(error) });
  }
}

/** As it was kept; undefined where none was. */
export function readReceipt(kept: unknown): KeptReceipt | undefined {
  return keptReceiptSchema.safeParse(kept).data;
}
