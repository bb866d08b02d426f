"use client";

import { useClock } from "#components/ui/clock.tsx";
import type { KeyView } from "#lib/keys/key-view.ts";
import { GraceBar } from "./grace-bar.tsx";
import { StatusMark } from "./status-mark.tsx";
import { statusWords } from "./status-words.ts";

/** A key's status; moves on with the clock. `isShort`: mark and word alone. */
export function KeyStatus({
  keyView,
  replaces,
  isShort = false,
}: {
  keyView: KeyView;
  replaces?: string | undefined;
  isShort?: boolean;
}) {
  const { now, zone } = useClock();
  const { mark, word, more } = statusWords(keyView, now, zone, replaces);
  if (isShort) return <StatusMark mark={mark}>{word}</StatusMark>;
  return (
    <>
      {mark === "grace" ? (
        <span className="row tight">
          <StatusMark mark={mark}>{word}</StatusMark>
          <GraceBar keyView={keyView} isMini />
        </span>
      ) : (
        <StatusMark mark={mark}>{word}</StatusMark>
      )}
      {more !== undefined && <span className="sub">{more}</span>}
    </>
  );
}
