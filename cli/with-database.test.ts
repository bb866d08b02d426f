import { randomBytes } from "node:crypto";
import { createServer } from "node:net";
import pg from "pg";
import { expect, test } from "vitest";
import { generateKey } from "#lib/keys/key-format.ts";
import { testDatabase } from "#test/database.ts";
import { runCommandLine } from "#test/run-command-line.ts";

const database = testDatabase();
const SECRET = "of-the-database-tests-only-0123456789";
const create = ["user", "create", "--email", "a@example.org", "--password-stdin", "--json"];
const PASSWORD = "seventeen green herons\n";

test("an empty database is migrated, so that accounts can be made before the first start", async () => {
  const name = `t_${randomBytes(6).toString("hex")}`;
  const client = new pg.Client(database.config());
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${name} TEMPLATE template0`);
    const url = database.url().replace(/\/t_[0-9a-f]+\?/, `/${name}?`);
    const result = await runCommandLine(create, { DATABASE_URL: url, SECRET }, { stdin: PASSWORD });
    expect(result).toMatchObject({ status: 0, stderr: "" });
    expect(JSON.parse(result.stdout)).toMatchObject({ email: "a@example.org" });
  } finally {
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await client.end();
  }
});

test("a database that takes the connection and never answers is given up, with what to look at", async () => {
  const silent = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => silent.once("listening", resolve));
  const address = silent.address();
  const port = typeof address === "object" && address ? address.port : 0;
  try {
    const url = `postgresql://nobody:x@127.0.0.1:${port}/none`;
    const result = await runCommandLine(["user", "list", "--json"], { DATABASE_URL: url, SECRET });
    expect(result).toMatchObject({ status: 1, stdout: "" });
    expect(JSON.parse(result.stderr)).toEqual({
      error: "unavailable",
      message: "The database does not answer in time. Check the network between, or correct DATABASE_URL.",
    });
  } finally {
    silent.close();
  }
});

test("attack 9: a key pasted where an id belongs is not repeated", async () => {
  const key = generateKey();
  const environment = { DATABASE_URL: database.url(), SECRET };
  for (const argv of [["key", "revoke", key], ["key", "list", key], [key], ["key", "rotate", "a", key]]) {
    const { status, stdout, stderr } = await runCommandLine(argv, environment);
    expect(status).toBe(1);
    expect(stdout + stderr).not.toContain(key.slice(8));
  }
});

test("a wrong configuration is said in the server's words", async () => {
  const result = await runCommandLine(["user", "list", "--json"], { DATABASE_URL: database.url() });
  expect(result).toMatchObject({ status: 1, stdout: "" });
  expect(JSON.parse(result.stderr)).toEqual({
    error: "configuration",
    message: expect.stringMatching(/^SECRET is required/),
  });
});
