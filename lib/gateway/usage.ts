import { credentialId, type Principal } from "#lib/auth/principal.ts";
import { log } from "#lib/log.ts";
import { isOutage } from "#lib/outage.ts";
import { clientName } from "./client-name.ts";
import {
  type Count,
  chooseCount,
  HOUR_MS,
  hasCounts,
  hourStart,
  makeTally,
  rowsOf,
  see,
  settle,
  type Tally,
} from "./tally.ts";
import { type UsageBatch, writeUsage } from "./write-usage.ts";

const FLUSH_AFTER_MS = 5_000;
/** A credential's first use, or a client not seen before, is written at once: somebody may be watching the dashboard. */
const FLUSH_NEW_AFTER_MS = 50;
const LAST_USED_EVERY_MS = 60_000;
const FORGET_AFTER_MS = 600_000;

export type UsedRequest = {
  principal: Principal;
  /** Where the credential's tally is kept from one request to the next, for no longer than a minute. */
  seat?: { tally: Tally | undefined } | undefined;
  operation: string;
  isRefused: boolean;
  userAgent: string | undefined;
  address: string;
  nowMs: number;
};

export type Usage = {
  /** Adds one request. Never waits, never throws. */
  record(request: UsedRequest): void;
  /** Writes what is due; at most one write runs at a time. Failures are logged and what was not written is kept. */
  flush(): Promise<void>;
  /** Writes everything. */
  stop(): Promise<void>;
};

/**
 * Gathers in memory who used which operation and from where, and writes it in batches every 5 s: no request waits for it.
 * The last use of a key or a grant is written at most once a minute (standards KEY-07), and at once for its first use and for a
 * new client.
 */
export function makeUsage(write = writeUsage): Usage {
  const tallies = new Map<string, Tally>();
  /** Those that have something to write. */
  let waiting: Tally[] = [];
  /** Hours that ended before they were written. */
  let closed: { tally: Tally; hourStartMs: number; counts: Map<string, Count> }[] = [];
  let timer: NodeJS.Timeout | undefined;
  let isTimerSoon = false;
  let running: Promise<void> | undefined;
  let stopped = false;
  /** The last write failed: then nothing is worth hurrying for. */
  let isFailing = false;
  let sweptAtMs = Date.now();

  const schedule = (soon: boolean): void => {
    if (stopped || (timer && (isTimerSoon || !soon))) return;
    clearTimeout(timer);
    isTimerSoon = soon;
    timer = setTimeout(() => void flush(), soon ? FLUSH_NEW_AFTER_MS : FLUSH_AFTER_MS);
  };

  const collect = (nowMs: number, all: boolean): UsageBatch => {
    const counts = closed.flatMap(({ tally, hourStartMs, counts }) => rowsOf(tally, hourStartMs, counts));
    const uses: UsageBatch["uses"] = [];
    const sightings: UsageBatch["sightings"] = [];
    for (const tally of waiting) {
      counts.push(...rowsOf(tally, tally.hourStartMs, tally.counts));
      const isDue = nowMs - tally.lastUsedWrittenAtMs >= LAST_USED_EVERY_MS || tally.hasNewSighting;
      if (!tally.last || !(isDue || all)) continue;
      const pending = [...tally.sightings.values()].filter(({ requests }) => requests > 0);
      if (pending.length === 0) continue;
      // Before the write, so that what is seen during it is not taken for written.
      tally.hasNewSighting = false;
      uses.push({
        tally,
        usedAtMs: tally.usedAtMs,
        client: clientName(tally.last.userAgent),
        address: tally.last.address,
      });
      for (const sighting of pending) {
        sightings.push({
          tally,
          sighting,
          client: clientName(sighting.userAgent),
          address: sighting.address,
          requests: sighting.requests,
          usedAtMs: sighting.usedAtMs,
        });
      }
    }
    return { counts, uses, sightings };
  };

  const writeOnce = async (all: boolean): Promise<void> => {
    const nowMs = Date.now();
    const batch = collect(nowMs, all);
    try {
      await write(batch);
      isFailing = false;
    } catch (error) {
      isFailing = true;
      for (const { tally } of batch.uses) tally.hasNewSighting = true;
      const level = isOutage(error) ? "warn" : "error";
      log[level]("Usage could not be written; it is kept and tried again", { error: String(error) });
      schedule(false);
      return;
    }
    settle(batch, nowMs);
    closed = closed.filter(({ counts }) => hasCounts(counts));
    for (const tally of waiting) {
      tally.isWaiting = hasCounts(tally.counts) || [...tally.sightings.values()].some(({ requests }) => requests > 0);
    }
    waiting = waiting.filter(({ isWaiting }) => isWaiting);
    if (waiting.length > 0) schedule(false);
    if (nowMs - sweptAtMs > FORGET_AFTER_MS) sweep(nowMs);
  };

  const tallyOf = (principal: Principal, nowMs: number): Tally => {
    const id = credentialId(principal);
    const known = tallies.get(id);
    if (known) return known;
    const tally = makeTally(principal, id, nowMs);
    tallies.set(id, tally);
    return tally;
  };

  const sweep = (nowMs: number): void => {
    sweptAtMs = nowMs;
    for (const [id, tally] of tallies) {
      if (!tally.isWaiting && nowMs - tally.usedAtMs > FORGET_AFTER_MS) tallies.delete(id);
    }
  };

  const flush = async (all = false): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    isTimerSoon = false;
    await running;
    running = writeOnce(all).finally(() => {
      running = undefined;
    });
    await running;
  };

  return {
    record({ principal, seat, operation, isRefused, userAgent, address, nowMs }) {
      const tally = seat?.tally ?? tallyOf(principal, nowMs);
      if (seat) seat.tally = tally;
      if (nowMs - tally.hourStartMs >= HOUR_MS) {
        closed.push({ tally, hourStartMs: tally.hourStartMs, counts: tally.counts });
        tally.hourStartMs = hourStart(nowMs);
        tally.counts = new Map();
        tally.operation = "";
      }
      if (tally.operation !== operation) chooseCount(tally, operation);
      if (isRefused) tally.count.refused += 1;
      else tally.count.requests += 1;
      tally.usedAtMs = nowMs;
      see(tally, userAgent, address, nowMs);
      if (!tally.isWaiting) {
        tally.isWaiting = true;
        waiting.push(tally);
      }
      const soon = tally.hasNewSighting && !isFailing;
      if (!timer || (soon && !isTimerSoon)) schedule(soon);
    },
    flush: () => flush(),
    async stop() {
      stopped = true;
      await flush(true);
      clearTimeout(timer);
    },
  };
}
