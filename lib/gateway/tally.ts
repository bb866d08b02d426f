import type { Principal } from "#lib/auth/principal.ts";
import type { UsageBatch } from "./write-usage.ts";

export const HOUR_MS = 3_600_000;
const SIGHTINGS_MAX = 50;

/** Counts that wait to be written; numbers only grow here, and shrink by what was written. */
export type Count = { requests: number; refused: number };
export type Sighting = {
  userAgent: string | undefined;
  address: string;
  requests: number;
  usedAtMs: number;
};
export type Tally = {
  userId: string;
  credentialId: string;
  /** Or else a grant, of which only the last use is kept. */
  isKey: boolean;
  /** The hour that `counts` is about. */
  hourStartMs: number;
  counts: Map<string, Count>;
  /** The operation counted last, and its count. */
  operation: string;
  count: Count;
  isWaiting: boolean;
  sightings: Map<string, Sighting>;
  last: Sighting | undefined;
  hasNewSighting: boolean;
  /** In this process, since it last forgot the credential. */
  firstUsedAtMs: number;
  usedAtMs: number;
  lastUsedWrittenAtMs: number;
};

/** A credential that has not been used yet. */
export function makeTally(principal: Principal, id: string, nowMs: number): Tally {
  return {
    userId: principal.userId,
    credentialId: id,
    isKey: principal.kind === "api_key",
    hourStartMs: hourStart(nowMs),
    counts: new Map(),
    operation: "",
    count: { requests: 0, refused: 0 },
    isWaiting: false,
    sightings: new Map(),
    last: undefined,
    hasNewSighting: false,
    firstUsedAtMs: nowMs,
    usedAtMs: nowMs,
    lastUsedWrittenAtMs: Number.NEGATIVE_INFINITY,
  };
}

/** The beginning of the hour, in milliseconds since 1970. */
export function hourStart(nowMs: number): number {
  return nowMs - (nowMs % HOUR_MS);
}

/** Makes `operation` the one that is counted. */
export function chooseCount(tally: Tally, operation: string): void {
  tally.operation = operation;
  tally.count = tally.counts.get(operation) ?? { requests: 0, refused: 0 };
  tally.counts.set(operation, tally.count);
}

/** Counts a request at its client and address; one client at one address after the other costs two comparisons. */
export function see(tally: Tally, userAgent: string | undefined, address: string, nowMs: number): void {
  let sighting = tally.last;
  if (!sighting || sighting.userAgent !== userAgent || sighting.address !== address) {
    const key = `${address} ${userAgent ?? ""}`;
    sighting = tally.sightings.get(key);
    if (!sighting) {
      sighting = { userAgent, address, requests: 0, usedAtMs: nowMs };
      for (const oldest of tally.sightings.keys()) {
        if (tally.sightings.size < SIGHTINGS_MAX) break;
        tally.sightings.delete(oldest);
      }
      tally.sightings.set(key, sighting);
      tally.hasNewSighting = true;
    }
    tally.last = sighting;
  }
  sighting.requests += 1;
  sighting.usedAtMs = nowMs;
}

/** What waits of one hour, as rows. */
export function rowsOf(tally: Tally, hourStartMs: number, counts: Map<string, Count>): UsageBatch["counts"] {
  return [...counts]
    .filter(([, { requests, refused }]) => requests + refused > 0)
    .map(([operation, count]) => ({
      tally,
      count,
      operation,
      hour: new Date(hourStartMs),
      requests: count.requests,
      refused: count.refused,
    }));
}

/** Takes what was written off what waits; what came in the meantime stays. */
export function settle(batch: UsageBatch, nowMs: number): void {
  for (const { count, requests, refused } of batch.counts) {
    count.requests -= requests;
    count.refused -= refused;
  }
  for (const { tally } of batch.uses) tally.lastUsedWrittenAtMs = nowMs;
  for (const { sighting, requests } of batch.sightings) {
    sighting.requests -= requests;
  }
}

/** Whether anything waits. */
export function hasCounts(counts: Map<string, Count>): boolean {
  return [...counts.values()].some(({ requests, refused }) => requests + refused > 0);
}
