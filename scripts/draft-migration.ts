import { env } from "#lib/env.ts";
import { draftMigration } from "#lib/migrate.ts";
import { attachDatabase } from "#lib/postgres/attach-database.ts";

// Prints the SQL of the whole schema.prisma: what is new in it goes into a folder of its own in prisma/migrations.
const database = await attachDatabase(env());
try {
  process.stdout.write(await draftMigration(database.direct));
} finally {
  await database.close();
}
