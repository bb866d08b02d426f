"use client";

import { useClock } from "#components/ui/clock.tsx";
import type { KeyView } from "#lib/keys/key-view.ts";

const LAMPS = 24;
const STEP = 4.94;

/** The grace period as 24 lamps; those that have passed are lit. The words stand beside it. */
export function GraceBar({ keyView, isMini = false }: { keyView: KeyView; isMini?: boolean }) {
  const { now } = useClock();
  const passed = passedShare(keyView, now) * LAMPS;
  return (
    <svg className={isMini ? "gauge mini" : "gauge"} viewBox="0 0 118 10" preserveAspectRatio="none" aria-hidden="true">
      {lamps().map((lamp) => (
        <rect
          key={lamp}
          className={lamp + 0.5 < passed ? "past" : undefined}
          x={(lamp * STEP).toFixed(2)}
          width="3.2"
          height="10"
        />
      ))}
    </svg>
  );
}

function passedShare({ rotatedAt, worksUntil }: KeyView, now: Date): number {
  if (!rotatedAt || !worksUntil) return 0;
  const whole = worksUntil.getTime() - rotatedAt.getTime();
  return whole <= 0 ? 1 : Math.min(1, Math.max(0, (now.getTime() - rotatedAt.getTime()) / whole));
}

/** 0 to 23. */
export function lamps(): number[] {
  return Array.from({ length: LAMPS }, (_, index) => index);
}
