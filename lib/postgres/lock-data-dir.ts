import { closeSync, openSync, readFileSync, renameSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { StartError } from "../start-error.ts";
import { isRunning, ownIdentity, type ProcessIdentity } from "./process-identity.ts";

/** Who holds DATA_DIR. A command line, and a server that is stopping, are waited for; a running server is not. */
export type LockOwner = ProcessIdentity & { kind: "server" | "command line"; state: "running" | "stopping" };

const WAIT_MS = 20_000;
const POLL_MS = 50;

/**
 * Takes the lock of DATA_DIR: one process at a time runs PostgreSQL in it. A lock whose owner has ended (killed, or the machine
 * restarted) is taken over.
 * @throws StartError naming the owner's pid when a server holds it, or when a command line does for longer than 20 s.
 */
export async function lockDataDir(
  dataDir: string,
  kind: LockOwner["kind"],
): Promise<{ markStopping: () => void; release: () => void }> {
  const path = join(dataDir, "lock");
  const own: LockOwner = { ...ownIdentity(), kind, state: "running" };
  const deadline = Date.now() + WAIT_MS;
  for (;;) {
    if (create(path, own)) break;
    const owner = readOwner(dataDir);
    if (!owner || !isRunning(owner)) {
      await takeOver(path);
      continue;
    }
    const waits = owner.kind === "command line" || owner.state === "stopping";
    if (!waits || Date.now() > deadline) {
      throw new StartError(
        `${dataDir} is in use by process ${owner.pid} (${owner.kind}). Stop that one first (kill ${owner.pid}), or set DATA_DIR to another folder.`,
      );
    }
    await delay(POLL_MS);
  }
  const isOwn = () => readOwner(dataDir)?.pid === process.pid;
  return {
    markStopping: () => {
      if (isOwn()) writeFileSync(path, JSON.stringify({ ...own, state: "stopping" }));
    },
    release: () => {
      if (isOwn()) rmSync(path, { force: true });
    },
  };
}

/** The owner that the lock file names, running or not; undefined when there is none. */
export function readOwner(dataDir: string): LockOwner | undefined {
  try {
    return JSON.parse(readFileSync(join(dataDir, "lock"), "utf8")) as LockOwner;
  } catch {
    return undefined;
  }
}

function create(path: string, owner: LockOwner): boolean {
  try {
    const file = openSync(path, "wx", 0o600);
    writeSync(file, JSON.stringify(owner));
    closeSync(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/**
 * Removes a dead owner's lock. Of several that find it at once, the one whose rename succeeds removes it; if what was renamed is
 * meanwhile a living owner's, it is put back.
 */
async function takeOver(path: string): Promise<void> {
  // An empty file is one that is just being written.
  await delay(POLL_MS);
  const current = readOwner(join(path, ".."));
  if (current && isRunning(current)) return;
  const aside = `${path}.stale-${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  try {
    const taken = JSON.parse(readFileSync(aside, "utf8")) as LockOwner;
    if (isRunning(taken)) {
      renameSync(aside, path);
      return;
    }
  } catch {
    // Not readable as a lock: nobody's.
  }
  rmSync(aside, { force: true });
}
