import pg from "pg";
import { connectDatabase, disconnectDatabase } from "#lib/db.ts";
import { env } from "#lib/env.ts";
import { closeAcknowledgements } from "#lib/events/acknowledgements.ts";
import { MigrationError, migrate, pendingMigrations } from "#lib/migrate.ts";
import { withAttached } from "./with-attached.ts";

const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Runs `work`, which calls domain functions, on the database that the configuration names, and closes everything it opened.
 * A database that nothing was ever put into is migrated; any other that lacks a migration is refused, since reading a list must not
 * upgrade the database under a server of the release before.
 * @throws MigrationError, and what attachDatabase and `work` throw.
 */
export async function withDatabase<Result>(work: () => Promise<Result>): Promise<Result> {
  return await withAttached(env(), async (database) => {
    await checkMigrations(database.direct);
    connectDatabase(database.config, database.direct);
    try {
      return await work();
    } finally {
      await closeAcknowledgements();
      await disconnectDatabase();
    }
  });
}

async function checkMigrations(config: pg.ClientConfig): Promise<void> {
  const client = new pg.Client({ ...config, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  try {
    await client.connect();
    const { pending, newer } = await pendingMigrations(client);
    if (newer.length === 0 && pending.length === 0) return;
    const { rows } = await client.query<{ exists: boolean }>("SELECT to_regclass('users') IS NOT NULL AS exists");
    if (newer.length === 0 && rows[0]?.exists) {
      throw new MigrationError(
        `The database lacks ${pending.join(", ")}. Start this release once (npm start): it migrates. Then repeat this.`,
      );
    }
  } finally {
    await client.end();
  }
  // Refuses a database that is newer, in the same words as the server.
  await migrate(config);
}
