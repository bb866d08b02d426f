import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { startVerification } from "#lib/auth/start-verification.ts";
import { db } from "#lib/db.ts";
import { parseEnv } from "#lib/env.ts";
import { newId } from "#lib/ids.ts";
import { prepareSigningKeys } from "#lib/oauth/signing/signing-keys.ts";
import { testDatabase } from "#test/database.ts";
import { gatewayEnv } from "#test/gateway.ts";
import { runCommandLine } from "#test/run-command-line.ts";
import type { Check } from "./doctor/check.ts";
import { checkSigningKeys } from "./doctor/signing-keys.ts";

const database = testDatabase();
const SECRET = "of-the-doctor-tests-only-0123456789";
const dataDir = mkdtempSync(join(tmpdir(), "pensyve-doctor-"));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));
beforeEach(async () => {
  await db().gatewayInstance.deleteMany();
});

async function examine(
  changes: Record<string, string> = {},
): Promise<{ status: number; ok: boolean; checks: Check[] }> {
  const environment = {
    DATABASE_URL: database.url(),
    SECRET,
    DATA_DIR: dataDir,
  };
  const { status, stdout } = await runCommandLine(["doctor", "--json"], { ...environment, ...changes });
  return { status, ...JSON.parse(stdout) };
}
const named = (checks: Check[], name: string) => checks.filter((check) => check.name === name);

test("a healthy deployment: every line is ok, also the round trip of a notification", async () => {
  await prepareSigningKeys(parseEnv({ DATABASE_URL: database.url(), SECRET }));
  const gateway = await startVerification(gatewayEnv());
  const { status, ok, checks } = await examine();
  await gateway.stop();
  expect(checks.filter((check) => check.status !== "ok")).toEqual([]);
  expect({ status, ok }).toEqual({ status: 0, ok: true });
  expect(checks.map((check) => check.name)).toEqual([
    "configuration",
    "data folder",
    "secret",
    "database",
    "migrations",
    "gateways",
    "clock",
    "signing keys",
    "notifications",
  ]);
  expect(named(checks, "gateways")[0]?.message).toMatch(/^1 registered: /);
  expect(named(checks, "notifications")[0]?.message).toMatch(/^LISTEN hears NOTIFY after/);
});

test("a wrong configuration is the one line, with what to do", async () => {
  const { status, checks } = await examine({ SECRET: "short", PORT: "http" });
  expect(status).toBe(1);
  expect(checks).toEqual([
    { name: "configuration", status: "fail", message: expect.stringMatching(/PORT must be .*SECRET must be/) },
  ]);
});

test("a database that does not answer, or refuses, fails and names what to correct", async () => {
  const dead = await examine({ DATABASE_URL: "postgresql://nobody:x@127.0.0.1:1/none" });
  expect(dead.status).toBe(1);
  expect(named(dead.checks, "database")).toMatchObject([
    { status: "fail", message: expect.stringMatching(/DATABASE_URL \(ECONNREFUSED\)/) },
  ]);
  const refused = await examine({ DATABASE_URL: database.url().replace("pensyve:test@", "pensyve:other@") });
  expect(named(refused.checks, "database")).toMatchObject([
    { status: "fail", message: expect.stringMatching(/password/) },
  ]);
});

test("a direct address that hears nothing of the pooled one fails: notifications would be lost", async () => {
  // Another database of the same server: LISTEN succeeds there and nothing arrives, as behind a transaction pooler.
  const elsewhere = database.url().replace(/\/t_[0-9a-f]+\?/, "/postgres?");
  const { status, checks } = await examine({ DATABASE_DIRECT_URL: elsewhere });
  expect(status).toBe(1);
  expect(named(checks, "notifications")).toMatchObject([
    { status: "fail", message: expect.stringMatching(/DATABASE_DIRECT_URL/) },
  ]);
});

test("a direct address that does not answer fails by name", async () => {
  const { status, checks } = await examine({ DATABASE_DIRECT_URL: "postgresql://nobody:x@127.0.0.1:1/none" });
  expect(status).toBe(1);
  expect(named(checks, "database")).toMatchObject([{ status: "ok" }]);
  expect(named(checks, "notifications")).toMatchObject([
    { status: "fail", message: expect.stringContaining("DATABASE_DIRECT_URL") },
  ]);
});

test("a gateway that went silent is named", async () => {
  const lastSeenAt = new Date(Date.now() - 8_000);
  await db().gatewayInstance.create({ data: { id: newId(), name: "box:4711", lastSeenAt } });
  const { status, checks } = await examine();
  expect(status).toBe(0);
  expect(named(checks, "gateways")).toMatchObject([
    { status: "warn", message: expect.stringMatching(/^Silent: box:4711 for \d/) },
  ]);
});

test("signing keys: none yet, unreadable, sealed under the secret of before, too old, not signing yet; each with what to do", async () => {
  const DAY_MS = 86_400_000;
  const client = new pg.Client(database.config());
  await client.connect();
  onTestFinished(() => client.end());
  // Without a process each time: that the doctor looks here, another test shows.
  const look = async (changes: Record<string, string> = {}) => {
    const environment = parseEnv({ DATABASE_URL: database.url(), SECRET, ...changes });
    const [check] = await checkSigningKeys(client, environment);
    return [check?.status, check?.message];
  };
  await db().signingKey.deleteMany();
  expect(await look()).toEqual([
    "warn",
    expect.stringContaining("the first start of an authorization server makes it"),
  ]);
  await prepareSigningKeys(parseEnv({ DATABASE_URL: database.url(), SECRET }));
  expect(await look()).toEqual(["ok", expect.stringMatching(/^\S{43} signs since 2\d{3}-/)]);
  const other = "another-secret-of-the-doctor-tests-0123456789";
  expect(await look({ SECRET: other })).toEqual([
    "fail",
    expect.stringMatching(/SECRET_PREVIOUS.*--discard-unreadable/),
  ]);
  expect(await look({ SECRET: other, SECRET_PREVIOUS: SECRET })).toEqual([
    "warn",
    expect.stringMatching(/^SECRET_PREVIOUS is still needed/),
  ]);
  // Authorization servers look each hour; a day later somebody should know.
  const madeAt = (days: number) =>
    db().signingKey.updateMany({ data: { createdAt: new Date(Date.now() - days * DAY_MS) } });
  await madeAt(90.5);
  expect((await look())[0]).toBe("ok");
  await madeAt(91.5);
  expect(await look()).toEqual(["warn", expect.stringMatching(/91 days old.*signing-key rotate/)]);
  expect((await look({ SIGNING_KEY_DAYS: "0" }))[0]).toBe("ok");
  await db().signingKey.updateMany({ data: { signsFrom: new Date(Date.now() + DAY_MS) } });
  expect(await look()).toEqual(["fail", expect.stringMatching(/^None may sign before .*NTP/)]);
  await db().signingKey.deleteMany();
});

test("pending and newer migrations are told apart", async () => {
  const client = new pg.Client(database.config());
  await client.connect();
  try {
    const { rows } = await client.query("SELECT migration_name FROM _prisma_migrations ORDER BY 1 DESC LIMIT 1");
    const rename = (from: string, to: string) =>
      client.query("UPDATE _prisma_migrations SET migration_name = $2 WHERE migration_name = $1", [from, to]);
    const name = rows[0].migration_name;
    await rename(name, "99990101000000_future");
    const newer = await examine();
    expect(newer.status).toBe(1);
    expect(named(newer.checks, "migrations")).toMatchObject([
      { status: "fail", message: expect.stringContaining("99990101000000_future") },
    ]);
    await client.query(
      "UPDATE _prisma_migrations SET rolled_back_at = now() WHERE migration_name = '99990101000000_future'",
    );
    const pending = await examine();
    expect(named(pending.checks, "migrations")).toMatchObject([
      { status: "warn", message: expect.stringContaining(name) },
    ]);
    const environment = { DATABASE_URL: database.url(), SECRET: "of-the-doctor-tests-only-0123456789" };
    const list = await runCommandLine(["key", "list", "--json"], environment);
    expect(list).toMatchObject({ status: 1, stdout: "" });
    expect(JSON.parse(list.stderr)).toMatchObject({
      error: "migrations",
      message: expect.stringContaining("npm start"),
    });
  } finally {
    await client.end();
  }
});

test("attack 45: a secret that others can read fails", async () => {
  const folder = mkdtempSync(join(tmpdir(), "pensyve-doctor-"));
  try {
    writeFileSync(join(folder, "secret"), "x".repeat(64), { mode: 0o644 });
    const { status, checks } = await examine({ DATA_DIR: folder });
    expect(status).toBe(1);
    expect(named(checks, "data folder")).toMatchObject([
      { status: "fail", message: expect.stringContaining(join(folder, "secret")) },
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("for people each line begins with its state", async () => {
  const environment = { DATA_DIR: join(dataDir, "none") };
  const { status, stdout } = await runCommandLine(["doctor"], environment);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^ok {4}configuration: Valid/);
  expect(stdout).toMatch(/\nwarn {2}database: There is none yet: the first start makes it/);
});
