"use client";

import { RelativeTime, useClock } from "#components/ui/clock.tsx";
import type { KeyUse } from "#lib/keys/key-use.ts";
import { numberWords } from "#lib/number-words.ts";
import { dayAndClockWords, exactWords } from "#lib/time-words.ts";

/** Five facts of a key, in a row. */
export function KeyFacts({ use }: { use: KeyUse }) {
  const { now, zone } = useClock();
  const { key, requests, refused } = use;
  const moment = (at: Date) => (
    <time dateTime={at.toISOString()} title={exactWords(at, zone)}>
      {dayAndClockWords(at, now, zone)}
    </time>
  );
  return (
    <section className="section" aria-label="Facts">
      <dl className="facts top">
        <div>
          <dt>Created</dt>
          <dd>{moment(key.createdAt)}</dd>
        </div>
        <div>
          <dt>{key.graceEndsAt === null ? "Expires" : "Works until"}</dt>
          <dd>{key.worksUntil === null ? "Never" : moment(key.worksUntil)}</dd>
        </div>
        <div>
          <dt>Last used</dt>
          <dd>{key.lastUsedAt === null ? "Never used" : <RelativeTime at={key.lastUsedAt} />}</dd>
        </div>
        <div>
          <dt>Requests, 30 days</dt>
          <dd title={requests.toString()}>{numberWords(requests)}</dd>
        </div>
        <div>
          <dt>Refused</dt>
          <dd title={refused.toString()}>{numberWords(refused)}</dd>
        </div>
      </dl>
    </section>
  );
}
