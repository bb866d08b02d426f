import type { Receipt } from "#lib/events/receipt.ts";

/**
 * What the gateways answered about apps that were withdrawn in this browser tab, by grant. Beside React's state, because reading the
 * page again can mount it anew; a reload forgets it.
 */
const receipts = new Map<string, Receipt>();

export function keepReceipt(grantIds: readonly string[], receipt: Receipt): void {
  for (const id of grantIds) receipts.set(id, receipt);
}

export function receiptOf(grantId: string): Receipt | undefined {
  return receipts.get(grantId);
}
