import type { KeptReceipt } from "#lib/events/kept-receipt.ts";
import { millisecondsWords, ofWords } from "#lib/number-words.ts";

/** A receipt in one line. */
export function receiptWords({ of, acknowledged, milliseconds, silent }: KeptReceipt): string {
  if (of === 0) return "Recorded. No gateway is running.";
  const time = millisecondsWords(milliseconds);
  if (acknowledged === of) return `Refused everywhere after ${time} (${ofWords(acknowledged, of, "gateway")})`;
  return `${acknowledged} of ${of} acknowledged after ${time}; ${silent.join(", ")} asks the database for every request`;
}
