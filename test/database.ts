import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, inject } from "vitest";
import { connectDatabase, db, disconnectDatabase } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";

/**
 * Gives the test file a database of its own, cloned from the migrated template, and connects {@link db} to it.
 * Call it once at the top of a file.
 * @returns how a second process or a raw client reaches the same database (`url` is a DATABASE_URL).
 */
export function testDatabase(): { config: () => pg.ClientConfig; url: () => string } {
  const server = inject("postgres");
  const name = `t_${randomBytes(6).toString("hex")}`;
  const config = { ...server, database: name };
  beforeAll(async () => {
    await onServer(server, `CREATE DATABASE ${name} TEMPLATE pensyve`);
    connectDatabase({ ...config, max: 8 });
  });
  afterAll(async () => {
    await disconnectDatabase();
    await onServer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  });
  return {
    config: () => config,
    url: () =>
      `postgresql://${server.user}:${server.password}@localhost/${name}?host=${encodeURIComponent(server.host)}`,
  };
}

/** Inserts a user, past every rule. */
export async function insertUser(
  values: { email?: string; isAdministrator?: boolean } = {},
): Promise<{ id: string; email: string }> {
  const id = newId();
  const email = values.email ?? `${id}@example.org`;
  await db().user.create({ data: { id, email, isAdministrator: values.isAdministrator ?? false } });
  return { id, email };
}

/** Cloning fails while anybody is connected to the template, so one at a time, again if they meet. */
async function onServer(server: pg.ClientConfig, statement: string): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    const client = new pg.Client({ ...server, database: "postgres" });
    await client.connect();
    try {
      await client.query("SELECT pg_advisory_lock(1)");
      await client.query(statement);
      return;
    } catch (error) {
      if (attempt === 20) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      await client.end();
    }
  }
}
