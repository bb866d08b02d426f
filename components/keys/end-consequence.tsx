import { RelativeTime } from "#components/ui/clock.tsx";
import { ForeignText } from "#components/ui/foreign-text.tsx";
import { Note } from "#components/ui/note.tsx";
import type { HandOver } from "#lib/keys/hand-over.ts";
import { VerdictWords } from "./verdict-words.tsx";

/** Who is hit when the old key ends now. */
export function EndConsequence({ handOver }: { handOver: HandOver }) {
  const stillOld = handOver.clients.filter(({ group }) => group === "old");
  if (stillOld.length > 0) {
    return (
      <Note tone="warn">
        {stillOld.map(({ client, address, lastOldUse }) => (
          <span key={`${client} ${address}`}>
            <ForeignText max={40}>{client}</ForeignText> from {address} used the old key{" "}
            {lastOldUse !== undefined && <RelativeTime at={lastOldUse} />}.{" "}
          </span>
        ))}
        {stillOld.length === 1 ? "Its" : "Their"} requests fail at once.
      </Note>
    );
  }
  return (
    <Note tone={handOver.verdict === "unclear" ? "warn" : "ok"}>
      <VerdictWords handOver={handOver} />
    </Note>
  );
}
