import { chown, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { migrate } from "../lib/migrate.ts";
import { initCluster, startCluster } from "../lib/postgres/cluster.ts";
import { recordOutput } from "./run-record.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Socket folder and password of the run's own PostgreSQL; database `pensyve` is the migrated template. */
    postgres: { host: string; user: string; password: string; port: number };
  }
}

/** nobody: the tests' cluster needs no account of its own. */
const NOBODY = { uid: 65_534, gid: 65_534 };

/** Starts one PostgreSQL for the whole run and migrates the template that every test file clones. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "pensyve-test-"));
  const identity = process.getuid?.() === 0 ? NOBODY : undefined;
  if (identity) await chown(folder, identity.uid, identity.gid);
  const logFile = join(folder, "postgres.log");
  const options = { dataDir: join(folder, "pg"), socketDir: join(folder, "s"), password: "test", identity, logFile };
  await mkdir(options.socketDir, { mode: 0o700 });
  await initCluster(options);
  const cluster = await startCluster(options);
  await migrate(cluster.config);
  project.provide("postgres", { host: options.socketDir, user: "pensyve", password: "test", port: 5432 });
  return async () => {
    await cluster.stop();
    recordOutput("postgres", await readFile(logFile, "utf8"));
    await rm(folder, { recursive: true, force: true });
  };
}
