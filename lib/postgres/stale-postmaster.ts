import { execFile } from "node:child_process";
import { readFileSync, readlinkSync, realpathSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { StartError } from "../start-error.ts";
import { findReachableBinaries } from "./binaries.ts";
import type { Identity } from "./os-user.ts";
import { startTime } from "./process-identity.ts";

const run = promisify(execFile);
const STOP_SECONDS = 60;

/** What PostgreSQL writes into postmaster.pid: its process, and the folder of its socket once it has one. */
export type Postmaster = { pid: number; socketDir: string | undefined };

/** The postmaster that the cluster's own lock file names, whether or not it runs. */
export function readPostmaster(cluster: string): Postmaster | undefined {
  try {
    const lines = readFileSync(join(cluster, "postmaster.pid"), "utf8").split("\n");
    return { pid: Number(lines[0]), socketDir: lines[4] || undefined };
  } catch {
    return undefined;
  }
}

/**
 * Stops a PostgreSQL that outlived the process that started it, and removes what it or a killed one left behind.
 * The caller holds the lock of DATA_DIR.
 * @throws StartError when it does not stop.
 */
export async function stopStalePostmaster(cluster: string, identity: Identity | undefined): Promise<void> {
  const postmaster = readPostmaster(cluster);
  if (!postmaster) return;
  if (startTime(postmaster.pid) !== undefined) {
    if (isPostmasterOf(cluster, postmaster.pid)) await stop(cluster, postmaster.pid, identity);
    // Its number went to another process; PostgreSQL would take that one for a running server and refuse to start.
    else rmSync(join(cluster, "postmaster.pid"), { force: true });
  }
  removeSocketDir(postmaster.socketDir);
}

/** Removes a socket's folder, if it is one of those that are made at each start. */
export function removeSocketDir(socketDir: string | undefined): void {
  if (socketDir && basename(socketDir).startsWith(SOCKET_DIR_PREFIX))
    rmSync(socketDir, { recursive: true, force: true });
}

export const SOCKET_DIR_PREFIX = "pensyve-";

function isPostmasterOf(cluster: string, pid: number): boolean {
  if (process.platform !== "linux") return true;
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(cluster);
  } catch {
    return false;
  }
}

async function stop(cluster: string, pid: number, identity: Identity | undefined): Promise<void> {
  const pgCtl = join(await findReachableBinaries(identity), "pg_ctl");
  for (const mode of ["fast", "immediate"]) {
    try {
      await run(pgCtl, ["stop", "-D", cluster, "-m", mode, "-w", "-t", String(STOP_SECONDS)], {
        ...identity,
        cwd: "/",
      });
    } catch {
      // Judged by whether it runs.
    }
    if (startTime(pid) === undefined) return;
  }
  throw new StartError(`A PostgreSQL from an earlier start (process ${pid}) does not stop. End it with: kill ${pid}`);
}
