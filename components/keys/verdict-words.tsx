"use client";

import { useClock } from "#components/ui/clock.tsx";
import { ForeignText } from "#components/ui/foreign-text.tsx";
import type { HandOver } from "#lib/keys/hand-over.ts";
import { countWords } from "#lib/number-words.ts";
import { agoWords } from "#lib/time-words.ts";

/** Whether the old key may be ended, in words. */
export function VerdictWords({ handOver }: { handOver: HandOver }) {
  const { now, zone } = useClock();
  const { verdict, clients, since } = handOver;
  switch (verdict) {
    case "safe_all_moved": {
      const all = clients.length === 1 ? "The 1 client uses" : `All ${clients.length} clients use`;
      return (
        <>
          <b>Safe to end now.</b> {all} the new key
          {since !== undefined && ` since ${agoWords(since, now, zone)}`}.
        </>
      );
    }
    case "safe_unused":
      return (
        <>
          <b>Safe to end now.</b> Nobody used this key in the last 7 days.
        </>
      );
    case "not_safe": {
      const [first, ...others] = clients.filter(({ group }) => group === "old");
      return (
        <>
          <b>Not safe to end yet.</b>{" "}
          {first !== undefined && (
            <>
              <span className="nowrap">
                <ForeignText max={40}>{first.client}</ForeignText>
              </span>{" "}
              from {first.address}
            </>
          )}
          {others.length > 0 && ` and ${countWords(others.length, "other")}`} {others.length > 0 ? "have" : "has"} not
          used the new key. Ending now breaks {others.length > 0 ? "them" : "it"}.
        </>
      );
    }
    case "unclear": {
      const unseen = clients.filter(({ group }) => group === "not_seen").length;
      return (
        <>
          <b>Unclear.</b> {countWords(unseen, "client")} {unseen === 1 ? "was" : "were"} not seen since the rotation and
          may hold the old key.
        </>
      );
    }
    default:
      return verdict satisfies never;
  }
}
