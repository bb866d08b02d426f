import pg from "pg";
import { expect } from "vitest";
import { newId } from "#lib/ids.ts";

/**
 * Begins to make an entity in `default` and leaves it at that: whatever needs the entity waits, in the middle of its transaction, until
 * `release`, which undoes it.
 */
export async function holdEntity(
  config: pg.ClientConfig,
  userId: string,
  name: string,
): Promise<{
  /** Until so many statements of this database wait for a lock. */
  waiting: (count: number) => Promise<void>;
  release: () => Promise<void>;
}> {
  const client = new pg.Client(config);
  await client.connect();
  await client.query("BEGIN");
  await client.query(
    "INSERT INTO entities (id, user_id, namespace, name, kind) VALUES ($1, $2, 'default', $3, 'agent')",
    [newId(), userId, name],
  );
  const countWaiting = async () => {
    // Within a transaction, what PostgreSQL tells about activity stands still unless it is told to look again.
    await client.query("SELECT pg_stat_clear_snapshot()");
    const { rowCount } = await client.query(
      "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );
    return rowCount;
  };
  return {
    waiting: (count) => expect.poll(countWaiting, { interval: 10, timeout: 10_000 }).toBe(count),
    release: async () => {
      await client.query("ROLLBACK");
      await client.end();
    },
  };
}
