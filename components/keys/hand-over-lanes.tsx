"use client";

import { RelativeTime, useClock } from "#components/ui/clock.tsx";
import { ForeignText } from "#components/ui/foreign-text.tsx";
import type { HandOver, HandOverClient } from "#lib/keys/hand-over.ts";
import { clockWords } from "#lib/time-words.ts";
import { AxisLabels } from "./grace-axis.tsx";
import { lamps } from "./grace-bar.tsx";

const CELL = 100 / 24;
const CELL_WIDTH = 3.67;

/** A lane for each client along the grace period: dashed on the old key, solid on the new one. */
export function HandOverLanes({ handOver, endsAt }: { handOver: HandOver; endsAt: Date }) {
  const { now, zone } = useClock();
  const from = handOver.rotatedAt;
  const share = (at: Date) => shareOf(at, from, endsAt);
  const nowShare = share(now);
  const isOver = now >= endsAt;
  return (
    <>
      <div className="axis-row" aria-hidden="true">
        <span />
        <div className="axis-box">
          {!isOver && (
            <svg className="axis-now" aria-hidden="true">
              <text x={`${Math.min(94, Math.max(6, nowShare)).toFixed(2)}%`} y="13">
                now {clockWords(now, zone)}
              </text>
            </svg>
          )}
          <svg className="axis" width="100%" height="12" aria-hidden="true">
            {lamps().map((lamp) => (
              <Cell key={lamp} start={lamp * CELL} nowShare={nowShare} />
            ))}
          </svg>
          <AxisLabels from={from} to={endsAt} fromWord="rotated" />
        </div>
        <span />
      </div>
      <table role="table" className="lanes">
        <caption className="sr">Who uses the old key and who has moved to the new one</caption>
        <colgroup>
          <col className="c1" />
          <col />
          <col className="c3" />
        </colgroup>
        <thead className="sr" role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col">
              Client
            </th>
            <th role="columnheader" scope="col">
              Since the rotation
            </th>
            <th role="columnheader" scope="col">
              Last used
            </th>
          </tr>
        </thead>
        {GROUPS.map(({ group, tone, words }) => {
          const clients = handOver.clients
            .filter((client) => client.group === group)
            .toSorted((one, other) => lastUseOf(other) - lastUseOf(one));
          if (clients.length === 0) return null;
          return (
            <tbody key={group} role="rowgroup">
              <tr role="row" className="group">
                <th role="rowheader" colSpan={3} scope="rowgroup">
                  <span className={tone}>{words(clients.length)}</span>
                </th>
              </tr>
              {clients.map((client, index) => (
                <Lane
                  key={`${client.client} ${client.address}`}
                  client={client}
                  share={share}
                  nowShare={isOver ? undefined : nowShare}
                  isFirst={index === 0}
                />
              ))}
            </tbody>
          );
        })}
      </table>
    </>
  );
}

const GROUPS = [
  { group: "old", tone: "grace-text", words: (count: number) => `old, still used by ${count}` },
  {
    group: "moved",
    tone: "accent-text",
    words: (count: number) => `new, ${count} ${count === 1 ? "has" : "have"} moved`,
  },
  { group: "not_seen", tone: "muted", words: (count: number) => `not seen since, ${count}` },
] as const;

function Cell({ start, nowShare }: { start: number; nowShare: number }) {
  const past = Math.min(CELL_WIDTH, nowShare - start);
  const place = { x: `${start.toFixed(2)}%`, height: 12 };
  return (
    <>
      <rect {...place} width={`${CELL_WIDTH}%`} />
      {past > 0 && <rect {...place} className="past" width={`${past.toFixed(2)}%`} />}
    </>
  );
}

function Lane({
  client,
  share,
  nowShare,
  isFirst,
}: {
  client: HandOverClient;
  share: (at: Date) => number;
  nowShare: number | undefined;
  /** The line of now reaches up through the group's head. */
  isFirst: boolean;
}) {
  const { lastOldUse, firstNewUse, lastNewUse, group } = client;
  const oldEnd = lastOldUse === undefined || group === "not_seen" ? 0 : share(lastOldUse);
  const line = { y1: "50%", y2: "50%" };
  return (
    <tr role="row">
      <th role="rowheader" scope="row">
        <b>
          <ForeignText max={40}>{client.client}</ForeignText>
        </b>
        <span className="sub mono">{client.address}</span>
      </th>
      <td role="cell" className="lane">
        <svg aria-hidden="true">
          <line className="lane-rest" x1="0" x2="100%" {...line} />
          {oldEnd > 0 && <line className="lane-old" x1="0.6%" x2={`${Math.max(1.2, oldEnd).toFixed(2)}%`} {...line} />}
          {oldEnd > 0 && group === "old" && (
            <circle className="lane-dot-old" cx={`${Math.max(1.2, oldEnd).toFixed(2)}%`} cy="50%" r="4" />
          )}
          {firstNewUse !== undefined && lastNewUse !== undefined && (
            <>
              <line
                className="lane-new"
                x1={`${share(firstNewUse).toFixed(2)}%`}
                x2={`${share(lastNewUse).toFixed(2)}%`}
                {...line}
              />
              <circle className="lane-swap" cx={`${Math.max(1, share(firstNewUse)).toFixed(2)}%`} cy="50%" r="5" />
            </>
          )}
          {nowShare !== undefined && (
            <line
              className="lane-now"
              x1={`${nowShare.toFixed(2)}%`}
              x2={`${nowShare.toFixed(2)}%`}
              y1={isFirst ? "-36" : "0"}
              y2="100%"
            />
          )}
        </svg>
      </td>
      <td role="cell" className="num nowrap">
        <RelativeTime at={new Date(lastUseOf(client))} isDense />
      </td>
    </tr>
  );
}

function lastUseOf({ lastOldUse, lastNewUse }: HandOverClient): number {
  return Math.max(lastOldUse?.getTime() ?? 0, lastNewUse?.getTime() ?? 0);
}

/** 0 to 100. */
function shareOf(at: Date, from: Date, to: Date): number {
  const whole = to.getTime() - from.getTime();
  if (whole <= 0) return 100;
  return Math.min(100, Math.max(0, ((at.getTime() - from.getTime()) / whole) * 100));
}
