import { execFileSync, spawn } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { parseEnv } from "../env.ts";
import { attachDatabase } from "./attach-database.ts";
import { lockDataDir, readOwner } from "./lock-data-dir.ts";
import { openDatabase } from "./open-database.ts";
import { isRunning, ownIdentity, startTime } from "./process-identity.ts";
import { readPostmaster } from "./stale-postmaster.ts";

let template: string;
let dataDir: string;
beforeAll(async () => {
  template = mkdtempSync(join(tmpdir(), "pensyve-open-"));
  await (await openDatabase(parseEnv({ DATA_DIR: template }))).close();
});
afterAll(() => rmSync(template, { recursive: true, force: true }));
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "pensyve-open-"));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

/** A DATA_DIR whose cluster is made already: making one takes most of the time of these tests. */
function copyCluster(): void {
  execFileSync("cp", ["-a", `${template}/.`, dataDir]);
}

const environment = () => parseEnv({ DATA_DIR: dataDir });

async function query(config: pg.ClientConfig, sql: string): Promise<string> {
  const client = new pg.Client(config);
  await client.connect();
  try {
    const result: pg.QueryArrayResult | pg.QueryArrayResult[] = await client.query({ text: sql, rowMode: "array" });
    return Array.isArray(result) ? "" : String(result.rows[0]?.[0]);
  } finally {
    await client.end();
  }
}

/** Runs a module's text as a process of its own, so that it can be killed. */
function runModule(text: string): ReturnType<typeof spawn> & { ended: Promise<unknown> } {
  const env: NodeJS.ProcessEnv = { NODE_ENV: "test", PATH: process.env["PATH"], DATA_DIR: dataDir };
  const cwd = join(import.meta.dirname, "..", "..");
  const child = spawn(process.execPath, ["--input-type=module", "-e", text], { cwd, env, stdio: "ignore" });
  return Object.assign(child, { ended: new Promise((resolve) => child.once("exit", resolve)) });
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error("The condition was not met within 20 s.");
    await delay(5);
  }
}

const OPEN = `
  import { openDatabase } from "./lib/postgres/open-database.ts";
  import { parseEnv } from "./lib/env.ts";
  await openDatabase(parseEnv(process.env));
  setInterval(() => {}, 1000);`;

test("the built-in PostgreSQL is UTF-8, takes no TCP, and its files are its owner's", async () => {
  const database = await openDatabase(environment());
  try {
    expect(await query(database.direct, "SHOW server_encoding")).toBe("UTF8");
    expect(await query(database.direct, "SHOW listen_addresses")).toBe("");
    const locale = "SELECT datlocprovider::text || datlocale FROM pg_database WHERE datname = 'pensyve'";
    expect(await query(database.direct, locale)).toBe("bC.UTF-8");
    await expect(query({ ...database.direct, password: "password" }, "SELECT 1")).rejects.toThrow(/password/);
    expect(Buffer.byteLength(`${database.direct.host}/.s.PGSQL.5432`)).toBeLessThan(100);
    expect(statSync(database.direct.host ?? "").mode & 0o777).toBe(0o700);
    for (const name of ["postgres-password", "postgres.log", "lock"]) {
      expect([name, statSync(join(dataDir, name)).mode & 0o077]).toEqual([name, 0]);
    }
    expect(statSync(dataDir).mode & 0o067).toBe(0);
  } finally {
    await database.close();
  }
  expect(readOwner(dataDir)).toBeUndefined();
  expect(readPostmaster(join(dataDir, "postgres"))).toBeUndefined();
});

test("attack 9: PostgreSQL's log holds neither statements nor values nor the password", async () => {
  copyCluster();
  const database = await openDatabase(environment());
  await query(database.direct, "CREATE TABLE t (secret text UNIQUE); INSERT INTO t VALUES ('canary-4711')");
  await expect(query(database.direct, "INSERT INTO t VALUES ('canary-4711')")).rejects.toThrow(/duplicate/);
  await expect(query(database.direct, "SELECT 'canary-4711'::int")).rejects.toThrow(/canary/);
  await database.close();
  const log = readFileSync(join(dataDir, "postgres.log"), "utf8");
  expect(log).toContain("duplicate key");
  expect(log).not.toContain("INSERT");
  expect(log).not.toContain(database.direct.password as string);
});

test("the making of the database, killed half way, is begun anew", async () => {
  const killed = runModule(OPEN);
  await until(() => {
    try {
      return readdirSync(dataDir).some((name) => name.startsWith("postgres.init-"));
    } catch {
      return false;
    }
  });
  killed.kill("SIGKILL");
  await killed.ended;
  const database = await openDatabase(environment());
  expect(await query(database.direct, "SELECT 1")).toBe("1");
  await database.close();
  expect(readdirSync(dataDir).filter((name) => name.startsWith("postgres.init-"))).toEqual([]);
});

test("a postmaster that outlived its server is stopped, and what was committed is there", async () => {
  copyCluster();
  const killed = runModule(OPEN);
  await until(() => Boolean(readPostmaster(join(dataDir, "postgres"))?.socketDir));
  const attached = await attachDatabase(environment());
  await query(attached.direct, "CREATE TABLE kept AS SELECT 'there' AS word");
  killed.kill("SIGKILL");
  await killed.ended;
  const stale = readPostmaster(join(dataDir, "postgres"))?.pid ?? 0;
  expect(startTime(stale)).toBeDefined();

  const database = await openDatabase(environment());
  expect(startTime(stale)).toBeUndefined();
  expect(await query(database.direct, "SELECT word FROM kept")).toBe("there");
  await database.close();
});

test("a killed postmaster is noticed, and the next start recovers", async () => {
  copyCluster();
  const database = await openDatabase(environment());
  await query(database.direct, "CREATE TABLE kept AS SELECT 'there' AS word");
  process.kill(readPostmaster(join(dataDir, "postgres"))?.pid ?? 0, "SIGKILL");
  await database.lost;
  await database.close();
  const again = await openDatabase(environment());
  expect(await query(again.direct, "SELECT word FROM kept")).toBe("there");
  await again.close();
});

test("the command line uses a running server's PostgreSQL and leaves it running; without one it starts its own", async () => {
  copyCluster();
  const own = await attachDatabase(environment());
  expect(readOwner(dataDir)).toMatchObject({ pid: process.pid, kind: "command line" });
  await own.close();
  const server = await openDatabase(environment());
  const attached = await attachDatabase(environment());
  expect(attached.direct.host).toBe(server.direct.host);
  await attached.close();
  expect(await query(server.direct, "SELECT 1")).toBe("1");
  await server.close();
});

test("DATA_DIR in use by a running server is refused with its pid", async () => {
  copyCluster();
  const database = await openDatabase(environment());
  await expect(openDatabase(environment())).rejects.toThrow(
    new RegExp(`is in use by process ${process.pid} .*kill ${process.pid}`),
  );
  await database.close();
});

test("a lock whose owner's number went to another process is taken over", async () => {
  copyCluster();
  const first = await openDatabase(environment());
  await first.close();
  const recycled = { ...ownIdentity(), startedAt: "1", kind: "server", state: "running" };
  writeFileSync(join(dataDir, "lock"), JSON.stringify(recycled));
  expect(isRunning(recycled)).toBe(false);
  const lock = await lockDataDir(dataDir, "server");
  expect(readOwner(dataDir)?.startedAt).toBe(ownIdentity().startedAt);
  lock.release();
});

test("a postmaster.pid whose number went to another process does not end that process", async () => {
  copyCluster();
  const first = await openDatabase(environment());
  await first.close();
  const bystander = runModule("setInterval(() => {}, 1000)");
  writeFileSync(
    join(dataDir, "postgres", "postmaster.pid"),
    `${bystander.pid}\n${dataDir}/postgres\n1\n5432\n/nowhere\n`,
  );
  const database = await openDatabase(environment());
  expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
  await database.close();
  bystander.kill("SIGKILL");
  await bystander.ended;
});

test("a server that is stopping is waited for", async () => {
  copyCluster();
  const stopping = await openDatabase(environment());
  stopping.markStopping();
  const next = openDatabase(environment());
  await stopping.close();
  await (await next).close();
});

test.each(["file", "folder of another user"])(
  "a DATA_DIR that cannot be written is said in one line: %s",
  async (kind) => {
    if (kind === "file") {
      writeFileSync(join(dataDir, "..", "file"), "");
      const below = parseEnv({ DATA_DIR: join(dataDir, "..", "file", "data") });
      await expect(openDatabase(below)).rejects.toThrow(/cannot be written \(ENOTDIR\)\. .*DATA_DIR/);
      return;
    }
    const seen = parseEnv({ DATA_DIR: "/proc/pensyve" });
    await expect(openDatabase(seen)).rejects.toThrow(/cannot be written \(E[A-Z]+\)\. .*DATA_DIR/);
  },
);

test.runIf(process.getuid?.() === 0)(
  "a DATA_DIR that PostgreSQL's OS user cannot reach: its data is elsewhere, and that is said",
  async () => {
    const said: string[] = [];
    const closed = parseEnv({ DATA_DIR: join(dataDir, "closed", "data") });
    mkdirSync(join(dataDir, "closed"), { mode: 0o700 });
    let cluster = "";
    try {
      const database = await openDatabase(closed, { say: (line) => said.push(line) });
      cluster = readlinkSync(join(closed.dataDir, "postgres"));
      expect(said).toEqual([expect.stringContaining(cluster)]);
      await query(database.direct, "CREATE TABLE kept AS SELECT 'there' AS word");
      await database.close();
      const again = await openDatabase(closed);
      expect(await query(again.direct, "SELECT word FROM kept")).toBe("there");
      await again.close();
    } finally {
      if (cluster.startsWith("/var/lib/pensyve-auth/")) rmSync(cluster, { recursive: true, force: true });
    }
  },
);
