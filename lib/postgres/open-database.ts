import { randomBytes } from "node:crypto";
import { chownSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type pg from "pg";
import type { Env } from "../env.ts";
import { type Cluster, type ClusterOptions, startCluster } from "./cluster.ts";
import { clusterOwner, openClusterHome } from "./cluster-home.ts";
import { createDataDir, privateFile } from "./data-dir.ts";
import { type LockOwner, lockDataDir } from "./lock-data-dir.ts";
import { type Identity, postgresIdentity } from "./os-user.ts";
import { removeSocketDir, SOCKET_DIR_PREFIX, stopStalePostmaster } from "./stale-postmaster.ts";

export const POOL_SIZE = 20;

export type OpenedDatabase = {
  config: pg.PoolConfig;
  /** Past any pooler: for LISTEN, locks and migrations. */
  direct: pg.ClientConfig;
  isEmbedded: boolean;
  /** Lets the next start wait for this process instead of refusing. */
  markStopping: () => void;
  /** Resolves if the built-in PostgreSQL ends without having been told to. */
  lost: Promise<void>;
  /** Stops the built-in PostgreSQL cleanly and gives DATA_DIR free; nothing to do with DATABASE_URL. */
  close: () => Promise<void>;
};

type Options = {
  kind?: LockOwner["kind"];
  /** Told, in one line each, of what a person should know: an OS user made, data elsewhere. */
  say?: (line: string) => void;
};

/**
 * The database that the configuration names: DATABASE_URL, or the built-in PostgreSQL in DATA_DIR, which is made the first time, taken
 * over from a killed process, and reachable only through a Unix socket with a random password.
 * @throws StartError: DATA_DIR not writable or in use, no PostgreSQL for this platform, PostgreSQL does not start.
 */
export async function openDatabase(environment: Env, options: Options = {}): Promise<OpenedDatabase> {
  const { kind = "server", say = () => undefined } = options;
  if (environment.databaseUrl) {
    if (environment.roles.has("web")) createDataDir(environment.dataDir);
    return externalDatabase(environment.databaseUrl, environment.databaseDirectUrl);
  }
  createDataDir(environment.dataDir);
  const lock = await lockDataDir(environment.dataDir, kind);
  let socketDir: string | undefined;
  try {
    const own = await postgresIdentity(say);
    const identity = own && (clusterOwner(environment.dataDir) ?? own);
    const password = databasePassword(environment.dataDir);
    const dataDir = await openClusterHome(environment.dataDir, password, identity, say);
    await stopStalePostmaster(dataDir, identity);
    socketDir = makeSocketDir(identity);
    const logFile = join(environment.dataDir, "postgres.log");
    const cluster = await startPatiently({ dataDir, socketDir, password, identity, logFile });
    return embeddedDatabase(cluster, socketDir, lock);
  } catch (error) {
    removeSocketDir(socketDir);
    lock.release();
    throw error;
  }
}

/** DATABASE_URL, and DATABASE_DIRECT_URL where a pooler stands in front. Connects to nothing yet. */
export function externalDatabase(databaseUrl: string, directUrl = databaseUrl): OpenedDatabase {
  return {
    config: { connectionString: databaseUrl, max: POOL_SIZE, application_name: "pensyve-auth" },
    direct: { connectionString: directUrl, application_name: "pensyve-auth" },
    isEmbedded: false,
    markStopping: () => undefined,
    lost: new Promise(() => undefined),
    close: () => Promise.resolve(),
  };
}

/** The password of the built-in PostgreSQL: DATA_DIR/postgres-password (0600), random. */
export function databasePassword(dataDir: string): string {
  return privateFile(join(dataDir, "postgres-password"), () => randomBytes(32).toString("base64url"));
}

function embeddedDatabase(
  cluster: Cluster,
  socketDir: string,
  lock: Awaited<ReturnType<typeof lockDataDir>>,
): OpenedDatabase {
  let isClosing = false;
  const close = async () => {
    isClosing = true;
    await cluster.stop();
    removeSocketDir(socketDir);
    lock.release();
  };
  const lost = new Promise<void>((resolve) => {
    void cluster.exited.then(() => {
      if (!isClosing) resolve();
    });
  });
  return {
    config: { ...cluster.config, max: POOL_SIZE },
    direct: cluster.config,
    isEmbedded: true,
    markStopping: lock.markStopping,
    lost,
    close,
  };
}

/** After a killed postmaster its children take a moment to notice; until then PostgreSQL refuses to start beside them. */
async function startPatiently(options: ClusterOptions): Promise<Cluster> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    try {
      return await startCluster(options);
    } catch (error) {
      if (!/shared memory block/.test(String(error)) || Date.now() > deadline) throw error;
      await delay(100);
    }
  }
}

/** Of a new name at each start, so that nobody can put a folder of theirs there; short, since a socket's path is limited to 100 bytes. */
function makeSocketDir(identity: Identity | undefined): string {
  const base = Buffer.byteLength(tmpdir()) > 60 ? "/tmp" : tmpdir();
  const socketDir = mkdtempSync(join(base, SOCKET_DIR_PREFIX));
  if (identity) chownSync(socketDir, identity.uid, identity.gid);
  return socketDir;
}
