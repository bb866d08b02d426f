"use client";

import { Check, Info, TriangleAlert } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import { useClock } from "#components/ui/clock.tsx";
import type { HandOver } from "#lib/keys/hand-over.ts";
import type { KeyView } from "#lib/keys/key-view.ts";
import { dayAndClockWords } from "#lib/time-words.ts";
import { useKeyDialogs } from "./key-dialogs.tsx";
import { VerdictWords } from "./verdict-words.tsx";

const LOOKS = {
  safe_all_moved: { tone: "safe", icon: Check },
  safe_unused: { tone: "safe", icon: Check },
  not_safe: { tone: "unsafe", icon: TriangleAlert },
  unclear: { tone: "", icon: Info },
} as const;

/** Whether the old key may be ended, from data that is at most 10 s old; else "Checking…". */
export function HandOverVerdict({
  old,
  handOver,
  endsAt,
  isRunning,
  isStale,
  hasFailed,
}: {
  old: KeyView;
  handOver: HandOver;
  endsAt: Date;
  isRunning: boolean;
  isStale: boolean;
  hasFailed: boolean;
}) {
  const { now, zone } = useClock();
  const { open } = useKeyDialogs();
  if (!isRunning) {
    const at = old.revokedAt ?? endsAt;
    return (
      <div className="verdict">
        <Check className="icon" aria-hidden="true" />
        <p>Ended {dayAndClockWords(at, now, zone)}</p>
      </div>
    );
  }
  const { tone, icon: Icon } = isStale ? { tone: "", icon: Info } : LOOKS[handOver.verdict];
  return (
    <div className={`verdict ${tone}`.trim()}>
      <Icon className="icon" aria-hidden="true" />
      <p>
        {!isStale && <VerdictWords handOver={handOver} />}
        {isStale && (hasFailed ? "Use unknown." : "Checking…")}
      </p>
      <Button onClick={() => open("end", old.id)}>End old key now</Button>
    </div>
  );
}
