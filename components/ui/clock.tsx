"use client";

import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { agoWords, exactWords } from "#lib/time-words.ts";

type Clock = { now: Date; zone: string };

const ClockContext = createContext<Clock>({ now: new Date(0), zone: "UTC" });

/**
 * The time of a page. Starts at the server's `now`, so that the first render says the same on both sides,
 * and then moves on with the browser's, each half minute: a wrong clock in the browser never shows.
 */
export function ClockProvider({ now, zone, children }: { now: Date; zone: string; children: ReactNode }) {
  const [passed, setPassed] = useState(0);
  const start = now.getTime();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new answer of the server starts the count again
  useEffect(() => {
    const begun = performance.now();
    setPassed(0);
    const timer = setInterval(() => setPassed(performance.now() - begun), 30_000);
    return () => clearInterval(timer);
  }, [start]);
  const clock = useMemo(() => ({ now: new Date(start + passed), zone }), [start, passed, zone]);
  return <ClockContext.Provider value={clock}>{children}</ClockContext.Provider>;
}

export function useClock(): Clock {
  return useContext(ClockContext);
}

/** A moment of the past in words; the exact one on hover and for assistive technology through `datetime`. */
export function RelativeTime({ at, isDense = false }: { at: Date; isDense?: boolean }) {
  const { now, zone } = useClock();
  return (
    <time dateTime={at.toISOString()} title={exactWords(at, zone)}>
      {agoWords(at, now, zone, isDense)}
    </time>
  );
}
