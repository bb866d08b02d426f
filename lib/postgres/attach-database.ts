import { realpathSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import type { Env } from "../env.ts";
import { StartError } from "../start-error.ts";
import { DATABASE_NAME, DATABASE_OWNER } from "./cluster.ts";
import { readOwner } from "./lock-data-dir.ts";
import { databasePassword, externalDatabase, type OpenedDatabase, openDatabase, POOL_SIZE } from "./open-database.ts";
import { isRunning } from "./process-identity.ts";
import { readPostmaster } from "./stale-postmaster.ts";

const POLL_MS = 50;
const WAIT_MS = 60_000;

/**
 * The database for the operator's command line, whether or not a server runs: a running server's own PostgreSQL, else one that is started
 * here and that `close()` stops again.
 * @throws StartError as {@link openDatabase}.
 */
export async function attachDatabase(environment: Env): Promise<OpenedDatabase> {
  if (environment.databaseUrl) return externalDatabase(environment.databaseUrl, environment.databaseDirectUrl);
  const deadline = Date.now() + WAIT_MS;
  for (;;) {
    const owner = readOwner(environment.dataDir);
    const serverRuns = owner?.kind === "server" && owner.state === "running" && isRunning(owner);
    if (!serverRuns) return openDatabase(environment, { kind: "command line" });
    const config = runningConfig(environment.dataDir);
    if (config && (await answers(config))) return attached(config);
    if (Date.now() > deadline) {
      throw new StartError(
        `The server (process ${owner.pid}) holds ${environment.dataDir}, but its PostgreSQL does not answer. See postgres.log there; restart the server.`,
      );
    }
    // The server is on its way up, or down.
    await delay(POLL_MS);
  }
}

function attached(config: pg.ClientConfig): OpenedDatabase {
  return {
    config: { ...config, max: POOL_SIZE },
    direct: config,
    isEmbedded: true,
    markStopping: () => undefined,
    lost: new Promise(() => undefined),
    close: () => Promise.resolve(),
  };
}

function runningConfig(dataDir: string): pg.ClientConfig | undefined {
  try {
    const postmaster = readPostmaster(realpathSync(join(dataDir, "postgres")));
    if (!postmaster?.socketDir) return undefined;
    return {
      host: postmaster.socketDir,
      user: DATABASE_OWNER,
      password: databasePassword(dataDir),
      database: DATABASE_NAME,
    };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

async function answers(config: pg.ClientConfig): Promise<boolean> {
  const client = new pg.Client(config);
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query("SELECT 1");
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
