import type { Receipt as ReceiptData } from "#lib/events/receipt.ts";
import { millisecondsWords, ofWords } from "#lib/number-words.ts";
import { utcWords } from "#lib/time-words.ts";

/** What the gateways answered to an act. `verb`: "revoked", "ended". */
export function Receipt({ receipt, verb }: { receipt: ReceiptData; verb: string }) {
  return (
    <output className="receipt">
      <span className="title">{title(receipt)}</span>
      {receipt.of > 0 && receipt.acknowledged === receipt.of && (
        <span className="meta">{ofWords(receipt.acknowledged, receipt.of, "gateway")} acknowledged</span>
      )}
      <span className="gws">
        <span className="meta">
          {verb} {utcWords(receipt.at, true)}
        </span>
        {receipt.slowest !== undefined && receipt.of > 0 && (
          <span className="meta">
            slowest {receipt.slowest.gateway}, {millisecondsWords(receipt.slowest.milliseconds)}
          </span>
        )}
        {receipt.silent.map(({ gateway, since }) => (
          <span key={gateway} className="meta">
            {gateway} silent since {utcWords(since)}; it asks the database for every request
          </span>
        ))}
      </span>
    </output>
  );
}

function title(receipt: ReceiptData): string {
  if (receipt.of === 0) return "Recorded. No gateway is running.";
  const time = millisecondsWords(receipt.milliseconds);
  if (receipt.acknowledged === receipt.of) return `Refused everywhere after ${time}`;
  return `${receipt.acknowledged} of ${receipt.of} acknowledged after ${time}`;
}
