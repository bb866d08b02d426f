"use client";

import { useClock } from "#components/ui/clock.tsx";
import { clockWords, dayWords } from "#lib/time-words.ts";
import { lamps } from "./grace-bar.tsx";

const TWO_DAYS_MS = 48 * 3_600_000;

/** A stretch of time as 24 empty cells with its hours below; the sentence beside it says the same. */
export function GraceAxis({ from, to, fromWord }: { from: Date; to: Date; fromWord: string }) {
  return (
    <>
      <svg className="axis" width="100%" height="12" aria-hidden="true">
        {lamps().map((lamp) => (
          <rect
            key={lamp}
            className="edge"
            x={`${(0.1 + lamp * 4.1667).toFixed(2)}%`}
            y=".75"
            width="3.57%"
            height="10.5"
          />
        ))}
      </svg>
      <AxisLabels from={from} to={to} fromWord={fromWord} hasCenter />
    </>
  );
}

/** Five moments below an axis: clock times, or days where it is longer than two. */
export function AxisLabels({
  from,
  to,
  fromWord,
  hasCenter = false,
}: {
  from: Date;
  to: Date;
  fromWord: string;
  /** Whether phones show the middle one too. */
  hasCenter?: boolean;
}) {
  const { now, zone } = useClock();
  const span = to.getTime() - from.getTime();
  const at = (quarter: number) => {
    const moment = new Date(from.getTime() + (span * quarter) / 4);
    return span > TWO_DAYS_MS ? dayWords(moment, now, zone) : clockWords(moment, zone);
  };
  return (
    <p className="axis-labels" aria-hidden="true">
      <span>
        {at(0)} {fromWord}
      </span>
      <span className="mid">{at(1)}</span>
      <span className={hasCenter ? undefined : "mid"}>{at(2)}</span>
      <span className="mid">{at(3)}</span>
      <span>{at(4)} ends</span>
    </p>
  );
}
