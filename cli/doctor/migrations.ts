import type pg from "pg";
import { pendingMigrations } from "#lib/migrate.ts";
import { type Check, fail, ok, warn } from "./check.ts";

const NAME = "migrations";

/** Whether the database has the tables of this release. Reads only. */
export async function checkMigrations(client: pg.Client): Promise<Check[]> {
  const { pending, newer } = await pendingMigrations(client);
  if (newer.length > 0) {
    return [
      fail(
        NAME,
        `The database has ${newer[0]}, which this code does not know. Start the newer release, or restore a backup.`,
      ),
    ];
  }
  if (pending.length === 0) return [ok(NAME, "All are applied.")];
  return [
    warn(
      NAME,
      `${pending.length} not applied yet (${pending.join(", ")}): the next start of this release applies them.`,
    ),
  ];
}
