import { type Receipt, receiptLine } from "#lib/events/receipt.ts";

/** A receipt as --json shows it. */
export function receiptFields({ acknowledged, of, milliseconds }: Receipt): {
  acknowledgedBy: number;
  of: number;
  milliseconds: number;
} {
  return { acknowledgedBy: acknowledged, of, milliseconds: Math.round(milliseconds * 10) / 10 };
}

/** The same for people, as a sentence. */
export function receiptText(receipt: Receipt): string {
  return `${receiptLine(receipt).replace(/\.$/, "")}.`;
}
