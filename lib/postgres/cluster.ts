import { execFile, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { chown, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import pg from "pg";
import { StartError } from "../start-error.ts";
import { findReachableBinaries } from "./binaries.ts";
import type { Identity } from "./os-user.ts";

const run = promisify(execFile);

export type ClusterOptions = {
  /** PostgreSQL's own data directory. */
  dataDir: string;
  /** A short folder for the Unix socket: with the socket's name it must stay under 100 bytes. */
  socketDir: string;
  password: string;
  /** The OS user to run as; undefined: the own one. */
  identity?: Identity | undefined;
  /** Where PostgreSQL's log goes; undefined: nowhere. */
  logFile?: string | undefined;
};
export type Cluster = {
  config: pg.ClientConfig;
  pid: number;
  /** Resolves when PostgreSQL has ended, for whatever reason. */
  exited: Promise<void>;
  /** Ends connections and stops cleanly; resolves when PostgreSQL has ended. */
  stop: () => Promise<void>;
};
export const DATABASE_NAME = "pensyve";
export const DATABASE_OWNER = "pensyve";

/** After a crash PostgreSQL first replays its log, which may take a while. */
const START_TIMEOUT_MS = 300_000;
const LOG_BYTES_MAX = 10 * 1024 * 1024;
/** PostgreSQL gets none of this process's environment: it holds secrets, and PG* variables would steer it. */
const ENVIRONMENT: NodeJS.ProcessEnv = { NODE_ENV: "production", PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" };
/** No TCP. The log names no statement and no value: either may hold what must not be in a log. */
const SETTINGS = [
  "listen_addresses=",
  "unix_socket_permissions=0700",
  "timezone=UTC",
  "log_timezone=UTC",
  "log_statement=none",
  "log_min_error_statement=panic",
  "log_error_verbosity=terse",
  "log_parameter_max_length=0",
  "log_parameter_max_length_on_error=0",
];

/** Makes a new cluster: UTF-8 whatever LANG says, passwords by SCRAM. `dataDir` must not exist, or be empty. */
export async function initCluster(options: Omit<ClusterOptions, "socketDir">): Promise<void> {
  const { dataDir, password, identity } = options;
  const passwordFile = `${dataDir}.pw`;
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (identity) await chown(passwordFile, identity.uid, identity.gid);
  try {
    const initdb = join(await findReachableBinaries(identity), "initdb");
    const cluster = ["-D", dataDir, "-U", DATABASE_OWNER, `--pwfile=${passwordFile}`, "--no-instructions"];
    const contents = ["--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8", "--auth=scram-sha-256"];
    await run(initdb, [...cluster, ...contents], { ...identity, cwd: "/", env: ENVIRONMENT });
  } catch (error) {
    const output = (error as { stderr?: string }).stderr || (error as Error).message;
    throw new StartError(`PostgreSQL could not make its data directory ${dataDir}: ${lastLine(output)}`);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/**
 * Starts PostgreSQL in a session of its own (a terminal's Ctrl C must not reach it) and waits until it takes connections.
 * @throws StartError with the last line of PostgreSQL's log when it ends instead.
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { dataDir, socketDir, password, identity, logFile } = options;
  await mkdir(socketDir, { recursive: true, mode: 0o700 });
  if (identity) await chown(socketDir, identity.uid, identity.gid);
  if (logFile) rotate(logFile);
  const output = logFile ? openSync(logFile, "a", 0o600) : "ignore";
  const settings = [...SETTINGS, `unix_socket_directories=${socketDir}`].flatMap((setting) => ["-c", setting]);
  const postgres = join(await findReachableBinaries(identity), "postgres");
  const child = spawn(postgres, ["-D", dataDir, ...settings], {
    ...identity,
    cwd: "/",
    env: ENVIRONMENT,
    detached: true,
    stdio: ["ignore", output, output],
  });
  if (typeof output === "number") closeSync(output);
  let failure: string | undefined;
  const exited = new Promise<void>((resolve) => {
    child.once("exit", (code, signal) => {
      failure ??= signal ? `it was ended by ${signal}` : `exit status ${code}`;
      resolve();
    });
    child.once("error", (error) => {
      failure ??= error.message;
      resolve();
    });
  });
  const config = { host: socketDir, user: DATABASE_OWNER, password, database: "postgres" };
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await acceptsConnections(config, deadline))) {
    if (failure !== undefined) {
      const reason = logFile ? `${lastLine(readFileSync(logFile, "utf8"))} (${failure}; see ${logFile})` : failure;
      throw new StartError(`PostgreSQL did not start: ${reason}`);
    }
    await delay(20);
  }
  const stop = async () => {
    // SIGINT is PostgreSQL's "fast": it ends the connections, writes everything out and leaves.
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGINT");
    await exited;
  };
  return { config: { ...config, database: DATABASE_NAME }, pid: child.pid ?? 0, exited, stop };
}

/** One attempt to connect; makes the database when it is missing. Only what passes with time counts as "not yet". */
async function acceptsConnections(config: pg.ClientConfig, deadline: number): Promise<boolean> {
  const client = new pg.Client(config);
  client.on("error", () => undefined);
  try {
    await client.connect();
    const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [DATABASE_NAME]);
    if (!rowCount) await client.query(`CREATE DATABASE ${DATABASE_NAME}`);
    return true;
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === "28P01") {
      throw new StartError(
        "PostgreSQL refuses the password in DATA_DIR. Restore the file postgres-password that belongs to this data.",
      );
    }
    // 57P03: still starting. Other SQL errors do not pass with time.
    const passes = code === undefined || code === "57P03" || !/^[0-9A-Z]{5}$/.test(code);
    if (!passes || Date.now() > deadline) throw error;
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Keeps one old log beside a new one, so that the log does not grow for ever. */
function rotate(logFile: string): void {
  try {
    if (statSync(logFile).size > LOG_BYTES_MAX) {
      rmSync(`${logFile}.1`, { force: true });
      renameSync(logFile, `${logFile}.1`);
    }
  } catch {
    writeFileSync(logFile, "", { mode: 0o600 });
  }
}

function lastLine(text: string): string {
  const lines = text.trim().split("\n");
  return lines.findLast((line) => /\b(FATAL|PANIC|error)\b/.test(line)) ?? lines.at(-1) ?? "";
}
