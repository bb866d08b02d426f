import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { freePort } from "#test/free-port.ts";
import { type RunningServer, spawnServer, startServer } from "#test/start-server.ts";
import { parseEnv } from "../lib/env.ts";
import { generateKey } from "../lib/keys/key-format.ts";
import { attachDatabase } from "../lib/postgres/attach-database.ts";
import { isRunning, ownIdentity, startTime } from "../lib/postgres/process-identity.ts";
import { readPostmaster } from "../lib/postgres/stale-postmaster.ts";

/** Longer than a build of the pages, which the first of them may have to do. */
const START_MS = 240_000;
let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "pensyve-start-"));
});
afterEach(() => {
  for (const { pid } of processesOf(dataDir)) process.kill(pid, "SIGKILL");
  rmSync(dataDir, { recursive: true, force: true });
});

type Found = { pid: number; command: string };

/** Every process that belongs to the start with this DATA_DIR: by environment, arguments or working directory. */
function processesOf(folder: string): Found[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && startTime(Number(name)) !== undefined && Number(name) !== process.pid)
    .flatMap((name) => {
      try {
        const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ").trim();
        const environment = readFileSync(`/proc/${name}/environ`, "utf8");
        const belongs = `${command} ${environment} ${readlinkSync(`/proc/${name}/cwd`)}`.includes(folder);
        return belongs ? [{ pid: Number(name), command }] : [];
      } catch {
        return [];
      }
    });
}

async function until(what: string, condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`Not within 30 s: ${what}`);
    await delay(10);
  }
}

async function withDatabase<Result>(work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const database = await attachDatabase(parseEnv({ DATA_DIR: dataDir }));
  const client = new pg.Client(database.direct);
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
    await database.close();
  }
}

/** A verification that waits for a locked table is a request in flight for as long as `client` holds the lock. */
async function requestInFlight(server: RunningServer): Promise<{ client: pg.Client; answer: Promise<Response> }> {
  const database = await attachDatabase(parseEnv({ DATA_DIR: dataDir }));
  const client = new pg.Client(database.direct);
  client.on("error", () => undefined);
  await client.connect();
  await client.query("BEGIN; LOCK TABLE api_keys IN ACCESS EXCLUSIVE MODE");
  const answer = fetch(`${server.url}/v1/me`, { headers: { Authorization: `Bearer ${generateKey()}` } });
  const waiting = "SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted AND relation = 'api_keys'::regclass";
  const deadline = Date.now() + 30_000;
  while ((await client.query(waiting)).rows[0].n === 0) {
    if (Date.now() > deadline) throw new Error("No request waits for the lock.");
    await delay(10);
  }
  return { client, answer };
}

/** The last lines that a failed start wrote to standard error, after npm's own. */
function complaint(server: RunningServer): string[] {
  return server
    .output()
    .split("\n")
    .filter((line) => line.startsWith("Pensyve Auth cannot start"));
}

describe.skipIf(process.platform !== "linux")("npm start", () => {
  test("SIGTERM finishes the request in flight, stops PostgreSQL cleanly and leaves no process", {
    timeout: START_MS,
  }, async () => {
    const server = await startServer({ via: "npm start", dataDir });
    expect(processesOf(dataDir).length).toBeGreaterThan(3);
    const { client, answer } = await requestInFlight(server);
    server.child.kill("SIGTERM");
    await until("it stops taking connections", () => server.output().includes('"Stopping"'));
    await expect(fetch(`${server.url}/health`)).rejects.toThrow();
    await client.query("ROLLBACK");
    expect((await answer).status).toBe(401);
    expect(await server.exited).toBe(0);
    expect(readFileSync(join(dataDir, "postgres.log"), "utf8").trimEnd()).toMatch(/database system is shut down$/);
    await until("every process has ended", () => processesOf(dataDir).length === 0);
    await client.end().catch(() => undefined);
  });

  test("a second signal waits for no request, and still stops PostgreSQL cleanly", { timeout: START_MS }, async () => {
    const server = await startServer({ dataDir });
    const { client, answer } = await requestInFlight(server);
    const failed = answer.then(
      (response) => response.status,
      () => "cut off",
    );
    server.child.kill("SIGTERM");
    await until("it has begun to stop", () => server.output().includes('"Stopping"'));
    const before = Date.now();
    // The first second counts as the same signal: a service manager and the launcher may both send it.
    const again = setInterval(() => server.child.kill("SIGTERM"), 100);
    await server.exited;
    clearInterval(again);
    expect(Date.now() - before).toBeLessThan(6_000);
    // Cut off, or refused: for want of a database (503), or because PostgreSQL ended the lock's holder first, and the key that
    // nobody made was looked up after all (401).
    expect(["cut off", 503, 401]).toContain(await failed);
    expect(readFileSync(join(dataDir, "postgres.log"), "utf8").trimEnd()).toMatch(/database system is shut down$/);
    expect(processesOf(dataDir)).toEqual([]);
    await client.end().catch(() => undefined);
  });

  test.each([
    ["npm", /^npm start/],
    ["the launcher", /start\.mjs/],
    ["the server", /server\.ts/],
    ["PostgreSQL", /bin\/postgres -D/],
  ])(
    "kill -9 of %s: the next start recovers, and the data is there",
    { timeout: START_MS },
    async (victim, command) => {
      const first = await startServer({ via: "npm start", dataDir });
      await withDatabase((client) => client.query("CREATE TABLE kept AS SELECT 1 AS one"));
      const found = processesOf(dataDir).find((each) => command.test(each.command));
      expect(found).toBeDefined();
      const postmaster = readPostmaster(join(dataDir, "postgres"))?.pid ?? 0;
      process.kill(found?.pid ?? 0, "SIGKILL");
      if (victim === "the server") {
        // The launcher passes the death on; PostgreSQL is left beside the next start.
        expect(await first.exited).not.toBe(0);
        expect(startTime(postmaster)).toBeDefined();
      }
      if (victim === "PostgreSQL") expect(await first.exited).toBe(1);
      const second = await startServer({ via: "npm start", dataDir });
      const { rows } = await withDatabase((client) => client.query("SELECT one FROM kept"));
      expect(rows).toEqual([{ one: 1 }]);
      expect(await second.stop()).toBe(0);
      await until("every process has ended", () => processesOf(dataDir).length === 0);
    },
  );

  test("DATA_DIR in use by another start: one line that names its pid, exit status 1", {
    timeout: START_MS,
  }, async () => {
    const first = await startServer({ via: "npm start", dataDir });
    const second = await spawnServer({ via: "npm start", dataDir });
    expect(await second.exited).toBe(1);
    const owner = processesOf(dataDir).find((each) => /server\.ts/.test(each.command));
    expect(complaint(second)).toEqual([expect.stringContaining(`in use by process ${owner?.pid} `)]);
    expect((await fetch(`${first.url}/ready`)).status).toBe(200);
    expect(await first.stop()).toBe(0);
  });

  test("as an ordinary user it runs as that user", { timeout: START_MS }, async (context) => {
    if (process.getuid?.() !== 0) return context.skip("This whole run is an ordinary user's.");
    const uid = 65_534;
    const own = join(tmpdir(), `pensyve-ordinary-${process.pid}`);
    const server = await startServer({ via: "npm start", dataDir: own, uid, env: { HOME: tmpdir() } });
    try {
      const postmaster = readPostmaster(join(own, "postgres"))?.pid ?? 0;
      expect(readFileSync(`/proc/${postmaster}/status`, "utf8")).toMatch(new RegExp(`^Uid:\\s+${uid}\\s`, "m"));
      expect(await server.stop()).toBe(0);
    } finally {
      rmSync(own, { recursive: true, force: true });
    }
  });
});

describe("a start that cannot be", () => {
  test("a port in use: one line, exit status 1, PostgreSQL stopped again", { timeout: START_MS }, async () => {
    const port = await freePort();
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen(port, "127.0.0.1", resolve));
    const server = await spawnServer({ dataDir, port });
    expect(await server.exited).toBe(1);
    expect(complaint(server)).toEqual([expect.stringMatching(new RegExp(`Port ${port} is in use\\. .*PORT`))]);
    expect(readPostmaster(join(dataDir, "postgres"))).toBeUndefined();
    blocker.close();
  });

  test("a wrong value: one line, exit status 1, before anything is built or made", { timeout: START_MS }, async () => {
    const server = await spawnServer({ via: "npm start", dataDir, env: { LOG_LEVEL: "loud" } });
    expect(await server.exited).toBe(1);
    expect(complaint(server)).toEqual(["Pensyve Auth cannot start: LOG_LEVEL must be debug, info, warn or error."]);
    expect(readdirSync(dataDir)).toEqual([]);
  });

  test("a DATA_DIR that cannot be written: one line, exit status 1", { timeout: START_MS }, async () => {
    const server = await spawnServer({ dataDir: "/proc/pensyve" });
    expect(await server.exited).toBe(1);
    expect(complaint(server)).toEqual([expect.stringMatching(/\/proc\/pensyve cannot be written/)]);
  });

  test("a database newer than the code: one line, exit status 1", { timeout: START_MS }, async () => {
    await (await startServer({ dataDir })).stop();
    await withDatabase((client) =>
      client.query(
        "INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES ('x', 'x', '29990101000000_future', now())",
      ),
    );
    const server = await spawnServer({ dataDir });
    expect(await server.exited).toBe(1);
    expect(complaint(server)).toEqual([expect.stringMatching(/newer than this code.*29990101000000_future/)]);
  });

  test("a database that does not answer: one line, exit status 1", { timeout: START_MS }, async () => {
    const DATABASE_URL = `postgresql://u:hidden-4711@127.0.0.1:${await freePort()}/d`;
    const server = await spawnServer({ dataDir, env: { DATABASE_URL, SERVE: "gateway" } });
    expect(await server.exited).toBe(1);
    expect(complaint(server)).toEqual([expect.stringMatching(/does not answer.*DATABASE_URL/)]);
    expect(server.output()).not.toContain("hidden-4711");
  });
});

test("this process is itself, and not one that started at another time", () => {
  expect(isRunning(ownIdentity())).toBe(true);
  expect(isRunning({ pid: process.pid, startedAt: "1" })).toBe(process.platform !== "linux");
});
