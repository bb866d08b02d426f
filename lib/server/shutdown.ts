import { flushLog, log } from "../log.ts";

type Step = { name: string; run: () => Promise<void> | void; milliseconds: number };
export type Shutdown = {
  /** Adds what has to be undone; the newest goes first. After `milliseconds` (5,000 unless given) the next one goes without it. */
  add: (name: string, run: Step["run"], milliseconds?: number) => void;
  /** Runs every step and ends the process with `status`. */
  run: (status: number) => Promise<never>;
  /** @throws ShutdownRequested when a signal came while the server was starting. */
  checkpoint: () => void;
  /** From now on a signal is acted on at once, not at the next checkpoint. */
  started: () => void;
};

/** The start was given up because a signal came. */
export class ShutdownRequested extends Error {
  override name = "ShutdownRequested";
}

const STEP_TIMEOUT_MS = 5_000;
/** A terminal signals npm and the launcher, a service manager everything; each passes it on. Within this time it is one signal. */
const SAME_SIGNAL_MS = 1_000;

/**
 * Ends the process in order on SIGTERM, SIGINT, SIGHUP and when the launcher is gone (its channel closes). A later signal cuts the
 * first steps short: only those named in `essential` still run.
 */
export function installShutdown(essential: readonly string[]): Shutdown {
  const steps: Step[] = [];
  let isStarted = false;
  let isRequested = false;
  let isHurried = false;
  let cutShort = () => {};
  const hurried = new Promise<void>((resolve) => {
    cutShort = resolve;
  });

  const run = async (status: number): Promise<never> => {
    for (let step = steps.pop(); step; step = steps.pop()) {
      const isEssential = essential.includes(step.name);
      if (isHurried && !isEssential) continue;
      const limits = [timeout(step.milliseconds), ...(isEssential ? [] : [hurried])];
      try {
        await Promise.race([step.run(), ...limits]);
      } catch (error) {
        log.error("A step of the shutdown failed", { step: step.name, reason: String(error) });
      }
    }
    log.info("Stopped");
    flushLog();
    process.exit(status);
  };
  let requestedAt = 0;
  const onSignal = (name: string) => {
    if (isRequested) {
      if (performance.now() - requestedAt < SAME_SIGNAL_MS) return;
      isHurried = true;
      cutShort();
      if (!isStarted) void run(1);
      return;
    }
    isRequested = true;
    requestedAt = performance.now();
    log.info("Stopping", { cause: name });
    if (isStarted) void run(0);
  };
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => onSignal(signal));
  process.on("disconnect", () => onSignal("the launcher ended"));
  process.on("unhandledRejection", (reason) => {
    log.error("A promise was rejected and nobody looked", { reason: stackOf(reason) });
  });
  process.on("uncaughtException", (error) => {
    log.error("An exception reached the top: stopping", { reason: stackOf(error) });
    isRequested = true;
    isHurried = true;
    cutShort();
    void run(1);
  });

  return {
    add: (name, step, milliseconds = STEP_TIMEOUT_MS) => steps.push({ name, run: step, milliseconds }),
    run,
    checkpoint: () => {
      if (isRequested) throw new ShutdownRequested("A signal came while starting.");
    },
    started: () => {
      isStarted = true;
      if (isRequested) void run(0);
    },
  };
}

function timeout(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
