"use client";

import { Button } from "#components/ui/button.tsx";
import { useClock } from "#components/ui/clock.tsx";
import type { HandOver } from "#lib/keys/hand-over.ts";
import type { KeyUse } from "#lib/keys/key-use.ts";
import type { KeyView } from "#lib/keys/key-view.ts";
import { durationWords } from "#lib/time-words.ts";
import { HandOverLanes } from "./hand-over-lanes.tsx";
import { HandOverVerdict } from "./hand-over-verdict.tsx";
import type { KeyActions } from "./key-actions.ts";
import { useKeyDialogs } from "./key-dialogs.tsx";
import { KeyStatus } from "./key-status.tsx";
import { prefixWords } from "./status-words.ts";
import { useKeyUse } from "./use-key-use.ts";

const EVERY_MS = 5000;

/** Who has moved from the old key to the new one. Reads itself again every 5 s while the old key works. */
export function HandOverPlate({
  old,
  replacement,
  initial,
  actions,
}: {
  old: KeyView;
  replacement: KeyView;
  initial: KeyUse;
  actions: KeyActions;
}) {
  const { now } = useClock();
  const { open } = useKeyDialogs();
  const endsAt = old.worksUntil ?? old.graceEndsAt ?? now;
  const isRunning = old.state === "in_grace" && endsAt > now;
  const { use, isStale, hasFailed } = useKeyUse(replacement.id, actions, {
    initial,
    ...(isRunning ? { everyMs: EVERY_MS } : {}),
  });
  const handOver = use?.handOver;
  if (handOver === undefined) return null;

  return (
    <section className="plate handover" aria-labelledby="hand-over">
      <header>
        <h2 id="hand-over">Hand-over</h2>
        {isRunning && (
          <span className="row">
            <span className="small muted">{durationWords(endsAt.getTime() - now.getTime())} left</span>
            <Button size="small" onClick={() => open("more-time", old.id)}>
              Give more time
            </Button>
          </span>
        )}
      </header>
      <Relay old={old} replacement={replacement} handOver={handOver} />
      <HandOverLanes handOver={handOver} endsAt={endsAt} />
      <HandOverVerdict
        old={old}
        handOver={handOver}
        endsAt={endsAt}
        isRunning={isRunning}
        isStale={isStale}
        hasFailed={hasFailed}
      />
    </section>
  );
}

const DOTS = 12;
const ORDER = { old: 0, not_seen: 1, moved: 2 } as const;

/** Both keys, and a dot for each client on its way from one to the other. */
function Relay({ old, replacement, handOver }: { old: KeyView; replacement: KeyView; handOver: HandOver }) {
  const clients = handOver.clients.toSorted((one, other) => ORDER[one.group] - ORDER[other.group]).slice(0, DOTS);
  return (
    <div className="relay">
      <code className="keyname">{prefixWords(old)}</code>
      <span className="track" role="img" aria-label={relayWords(handOver)}>
        {clients.map(({ client, address, group }) => (
          <i key={`${client} ${address}`} className={group === "moved" ? "new" : group === "old" ? "old" : undefined} />
        ))}
      </span>
      <code className="keyname">{prefixWords(replacement)}</code>
      <span className="under">
        <KeyStatus keyView={old} isShort />
      </span>
      <span className="under">
        <KeyStatus keyView={replacement} isShort />
      </span>
    </div>
  );
}

function relayWords({ clients }: HandOver): string {
  const count = (group: HandOver["clients"][number]["group"]) =>
    clients.filter((client) => client.group === group).length;
  const [stillOld, notSeen, moved] = [count("old"), count("not_seen"), count("moved")];
  if (clients.length === 0) return "No clients";
  if (moved === clients.length) return `All ${moved} have moved`;
  const parts = [
    stillOld > 0 && `${stillOld} still ${stillOld === 1 ? "uses" : "use"} the old key`,
    notSeen > 0 && `${notSeen} ${notSeen === 1 ? "was" : "were"} not seen since`,
    moved > 0 && `${moved} ${moved === 1 ? "has" : "have"} moved`,
  ];
  return parts.filter(Boolean).join(", ");
}
