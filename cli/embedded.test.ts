import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { authenticate } from "#lib/auth/authenticate.ts";
import { startVerification } from "#lib/auth/start-verification.ts";
import { connectDatabase, db, disconnectDatabase } from "#lib/db.ts";
import { parseEnv } from "#lib/env.ts";
import { readOwner } from "#lib/postgres/lock-data-dir.ts";
import { openDatabase } from "#lib/postgres/open-database.ts";
import { startTime } from "#lib/postgres/process-identity.ts";
import { readPostmaster } from "#lib/postgres/stale-postmaster.ts";
import { gatewayEnv } from "#test/gateway.ts";
import { runCommandLine } from "#test/run-command-line.ts";

const EMAIL = "a@example.org";
let dataDir: string;
beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), "pensyve-cli-"));
});
afterAll(() => {
  rmSync(realpathOf("postgres"), { recursive: true, force: true });
  rmSync(dataDir, { recursive: true, force: true });
});

/** Where a link leads: the cluster may lie outside DATA_DIR. */
const realpathOf = (name: string) => realpathSync(join(dataDir, name));
const cli = (argv: string[], stdin = "") => runCommandLine([...argv, "--json"], { DATA_DIR: dataDir }, { stdin });
async function answer(argv: string[], stdin = "") {
  const result = await cli(argv, stdin);
  expect(result).toMatchObject({ status: 0, stderr: "" });
  return JSON.parse(result.stdout);
}
const postmaster = () => readPostmaster(realpathOf("postgres"));
const create = ["key", "create", "--email", EMAIL, "--name", "ci", "--scope", "mcp"];

test("before the first start it makes the database, works, and leaves no process and no lock", async () => {
  const user = await answer(["user", "create", "--email", EMAIL, "--password-stdin"], "seventeen green herons\n");
  expect(user).toMatchObject({ email: EMAIL });
  const { id } = await answer(create);
  expect(await answer(["key", "revoke", id])).toEqual({ id, acknowledgedBy: 0, of: 0, milliseconds: 0 });
  expect(postmaster()).toBeUndefined();
  expect(readOwner(dataDir)).toBeUndefined();
});

test("two at once wait for each other, and both work", async () => {
  const keys = await Promise.all([answer(create), answer(create)]);
  expect(keys[0].id).not.toBe(keys[1].id);
  expect(postmaster()).toBeUndefined();
});

test("SIGTERM half way lets it finish, so that no PostgreSQL stays behind", async () => {
  const options = { terminateWhen: () => readOwner(dataDir) !== undefined };
  const result = await runCommandLine([...create, "--json"], { DATA_DIR: dataDir }, options);
  expect(result).toMatchObject({ status: 0, stderr: "" });
  expect(JSON.parse(result.stdout)).toMatchObject({ scope: "mcp" });
  expect(postmaster()).toBeUndefined();
  expect(readOwner(dataDir)).toBeUndefined();
});

test("beside a running server it uses that one's PostgreSQL, reaches its gateway, and leaves it running", async () => {
  const database = await openDatabase(parseEnv({ DATA_DIR: dataDir }), { kind: "server" });
  connectDatabase(database.config, database.direct);
  const verification = await startVerification(gatewayEnv());
  try {
    const pid = postmaster()?.pid ?? 0;
    const { id, key } = await answer(create);
    expect(await authenticate({ kind: "api_key", value: key })).toMatchObject({ ok: true });
    expect(await answer(["key", "revoke", id])).toMatchObject({ id, acknowledgedBy: 1, of: 1 });
    expect(await authenticate({ kind: "api_key", value: key })).toEqual({ ok: false, reason: "revoked" });
    const { ok, checks } = await answer(["doctor"]);
    expect({ ok, checks }).toMatchObject({ ok: true });
    expect(postmaster()?.pid).toBe(pid);
    expect(startTime(pid)).toBeDefined();
    expect(await db().apiKey.count()).toBe(5);
    expect(readOwner(dataDir)).toMatchObject({ pid: process.pid, kind: "server" });
  } finally {
    await verification.stop();
    await disconnectDatabase();
    await database.close();
  }
});
