import pg from "pg";
import { expect, test } from "vitest";
import { testDatabase } from "#test/database.ts";
import { draftMigration, migrate } from "./migrate.ts";

const database = testDatabase();

async function query(sql: string): Promise<pg.QueryResult> {
  const client = new pg.Client(database.config());
  await client.connect();
  try {
    return await client.query(sql);
  } finally {
    await client.end();
  }
}

test("migrating a migrated database applies nothing", async () => {
  expect(await migrate(database.config())).toEqual([]);
});

test("a migration that was interrupted is taken up again", async () => {
  await query("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  await migrate(database.config());
  const { rows } = await query("SELECT migration_name FROM _prisma_migrations ORDER BY 1");
  await query("DROP TABLE users CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  await query(
    "CREATE TABLE _prisma_migrations (id varchar(36) PRIMARY KEY, checksum varchar(64) NOT NULL, finished_at timestamptz, migration_name varchar(255) NOT NULL, logs text, rolled_back_at timestamptz, started_at timestamptz NOT NULL DEFAULT now(), applied_steps_count integer NOT NULL DEFAULT 0)",
  );
  await query(
    `INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ('x', 'x', '${rows[0].migration_name}')`,
  );
  expect(await migrate(database.config())).toEqual(rows.map((row) => row.migration_name));
});

test("four processes migrating at once apply each migration once", async () => {
  await query("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  const applied = await Promise.all([1, 2, 3, 4].map(() => migrate(database.config())));
  expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
});

test("a database newer than the code is refused with what to do", async () => {
  await query(
    "INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES ('y', 'y', '29991231000000_future', now())",
  );
  await expect(migrate(database.config())).rejects.toThrow(
    /newer than this code.*29991231000000_future.*newer release/,
  );
  await query("DELETE FROM _prisma_migrations WHERE id = 'y'");
});

test("the migrations make exactly what prisma/schema.prisma describes", async () => {
  const { rows } = await query(
    "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> '_prisma_migrations'",
  );
  const drafted = await draftMigration(database.config());
  for (const { table_name, column_name } of rows) {
    if (column_name === "search") continue; // generated column, which Prisma cannot say
    expect(drafted).toContain(`CREATE TABLE "${table_name}"`);
    expect(drafted).toContain(`"${column_name}"`);
  }
});

test("a database that is not UTF-8 is refused with what to do", async () => {
  const name = `ascii_${process.pid}`;
  await query(`CREATE DATABASE ${name} ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0`);
  try {
    await expect(migrate({ ...database.config(), database: name })).rejects.toThrow(/SQL_ASCII.*UTF8/);
  } finally {
    await query(`DROP DATABASE ${name}`);
  }
});
