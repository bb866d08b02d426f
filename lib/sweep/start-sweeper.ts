import { log } from "#lib/log.ts";
import { isOutage } from "#lib/outage.ts";
import { sweep } from "./sweep.ts";

const FIRST_AFTER_MS = 60_000;
const EVERY_MS = 600_000;
/** Processes that start together do not sweep together. */
const SPREAD_MS = 30_000;

export type Sweeper = {
  /** Ends after the batch at work. */
  stop(): Promise<void>;
};

/** Sweeps a minute after the start, then every ten minutes, in this process or, when they meet, in another. A failure is logged; the next time is another try. */
export function startSweeper(firstAfterMs = FIRST_AFTER_MS + Math.random() * SPREAD_MS, everyMs = EVERY_MS): Sweeper {
  let stopped = false;
  let running = Promise.resolve();
  let timer = setTimeout(start, firstAfterMs).unref();
  function start(): void {
    running = sweepAndReport(() => stopped).finally(() => {
      if (!stopped) timer = setTimeout(start, everyMs).unref();
    });
  }
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}

async function sweepAndReport(isStopped: () => boolean): Promise<void> {
  const startedAt = performance.now();
  try {
    const { deleted, isElsewhere } = await sweep({ isStopped });
    if (Object.keys(deleted).length === 0) return;
    log.info("Swept", { ...deleted, isElsewhere, durationMs: Math.round(performance.now() - startedAt) });
  } catch (error) {
    const write = isOutage(error) ? log.warn : log.error;
    write("A sweep failed; the next one tries again", { error: String(error) });
  }
}
