import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import type { MigrationList, SchemaEngine } from "@prisma/schema-engine-wasm";
import pg from "pg";
import { log } from "./log.ts";
import { singleton } from "./singleton.ts";

const ROOT = join(import.meta.dirname, "..");
const MIGRATIONS = join(ROOT, "prisma", "migrations");
const FILTERS = { externalTables: [], externalEnums: [] };
/** Any constant does: whoever migrates this database holds this advisory lock. */
const ADVISORY_LOCK = 7_293_001;
const VERSION_MIN = 150_000;

/** Why a database cannot be migrated; its message says what to do. */
export class MigrationError extends Error {
  override name = "MigrationError";
}

/**
 * Applies the migrations that the database lacks, with Prisma's own engine as WebAssembly: same files, same
 * `_prisma_migrations` table as `prisma migrate deploy`, but no native binary. Safe to call from many processes at once:
 * an advisory lock lets one migrate while the others wait. A migration happens whole or not at all, also when the process is killed.
 * @returns the names of the migrations that were applied, oldest first.
 * @throws MigrationError when the database is newer than the code, or PostgreSQL is too old or not UTF-8.
 */
export async function migrate(config: pg.ClientConfig): Promise<string[]> {
  const lock = new pg.Client(config);
  // A connection that breaks between two queries is reported by the next query.
  lock.on("error", () => undefined);
  await lock.connect();
  try {
    await checkServer(lock);
    await lock.query("SELECT pg_advisory_lock($1)", [ADVISORY_LOCK]);
    const { pending, newer } = await pendingMigrations(lock);
    if (newer.length > 0) {
      throw new MigrationError(
        `The database is newer than this code: it has the migration ${newer[0]}, which is unknown here. Start the newer release, or restore a backup made before the upgrade.`,
      );
    }
    if (pending.length === 0) return [];
    await forgetInterrupted(lock);
    return await withEngine(config, async (engine) => {
      const { appliedMigrationNames } = await engine.applyMigrations({
        migrationsList: await readMigrations(),
        filters: FILTERS,
      });
      return appliedMigrationNames;
    });
  } finally {
    await lock.end();
  }
}

/** What is applied in the database compared with what is on disk. Reads only. */
export async function pendingMigrations(client: pg.Client): Promise<{ pending: string[]; newer: string[] }> {
  const known = (await readMigrations()).migrationDirectories.map((directory) => directory.path);
  const { rows: tables } = await client.query<{ exists: boolean }>(
    "SELECT to_regclass('_prisma_migrations') IS NOT NULL AS exists",
  );
  if (!tables[0]?.exists) return { pending: known, newer: [] };
  const { rows } = await client.query<{ migration_name: string; finished: boolean }>(
    "SELECT migration_name, finished_at IS NOT NULL AS finished FROM _prisma_migrations WHERE rolled_back_at IS NULL",
  );
  const applied = new Set(rows.filter((row) => row.finished).map((row) => row.migration_name));
  return {
    pending: known.filter((name) => !applied.has(name)),
    newer: [...applied].filter((name) => !known.includes(name)),
  };
}

/** The SQL that leads from the applied migrations to prisma/schema.prisma: what a developer puts into a new migration. */
export async function draftMigration(config: pg.ClientConfig): Promise<string> {
  return withEngine(config, async (engine) => {
    const content = await readFile(join(ROOT, "prisma", "schema.prisma"), "utf8");
    const { stdout } = await engine.diff({
      from: { tag: "empty" },
      to: { tag: "schemaDatamodel", files: [{ path: "schema.prisma", content }] },
      script: true,
      exitCode: null,
      filters: FILTERS,
    });
    return stdout ?? "";
  });
}

async function checkServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ version: number; name: string; encoding: string }>(
    "SELECT current_setting('server_version_num')::int AS version, current_setting('server_version') AS name, current_setting('server_encoding') AS encoding",
  );
  const server = rows[0];
  if (!server || server.version < VERSION_MIN) {
    throw new MigrationError(`PostgreSQL 15 or newer is needed; this is ${server?.name}. Upgrade it, or use another.`);
  }
  if (server.encoding !== "UTF8") {
    throw new MigrationError(
      `The database's encoding is ${server.encoding}, and texts here are UTF-8. Create it with ENCODING 'UTF8' TEMPLATE template0.`,
    );
  }
}

/** A migration that was started and not finished was rolled back whole (see {@link scriptsAsTransactions}); its row may go. */
async function forgetInterrupted(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ exists: boolean }>(
    "SELECT to_regclass('_prisma_migrations') IS NOT NULL AS exists",
  );
  if (rows[0]?.exists)
    await client.query("DELETE FROM _prisma_migrations WHERE finished_at IS NULL AND rolled_back_at IS NULL");
}

async function readMigrations(): Promise<MigrationList> {
  const entries = await readdir(MIGRATIONS, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  const migrationDirectories = await Promise.all(
    names.map(async (name) => ({
      path: name,
      migrationFile: {
        path: "migration.sql",
        content: { tag: "ok" as const, value: await readFile(join(MIGRATIONS, name, "migration.sql"), "utf8") },
      },
    })),
  );
  return {
    baseDir: MIGRATIONS,
    lockfile: { path: "migration_lock.toml", content: 'provider = "postgresql"\n' },
    shadowDbInitScript: "",
    migrationDirectories,
  };
}

async function withEngine<Result>(
  config: pg.ClientConfig,
  work: (engine: SchemaEngine) => Promise<Result>,
): Promise<Result> {
  const bindings = await singleton("schema-engine", instantiateEngine);
  const content = await readFile(join(ROOT, "prisma", "schema.prisma"), "utf8");
  const pool = new pg.Pool({ ...config, max: 2 });
  const adapter = bindMigrationAwareSqlAdapterFactory(await scriptsAsTransactions(pool));
  const engine = await bindings.SchemaEngine.new(
    { datamodels: [["schema.prisma", content]] },
    () => undefined,
    adapter,
  );
  try {
    return await work(engine);
  } finally {
    engine.free();
    await pool.end();
  }
}

/**
 * Prisma's adapter cuts a script at every semicolon, inside function bodies too, and commits each piece. Here a script is sent
 * as one simple query, which PostgreSQL runs as one transaction, together with the note that the migration is finished.
 */
async function scriptsAsTransactions(pool: pg.Pool): Promise<PrismaPg> {
  const { migrationDirectories } = await readMigrations();
  const names = new Map(migrationDirectories.map(({ path, migrationFile }) => [migrationFile.content.value, path]));
  const factory = new PrismaPg(pool);
  const connect = factory.connect.bind(factory);
  factory.connect = async () => {
    const adapter = await connect();
    adapter.executeScript = async (script) => {
      const name = names.get(script);
      const finished = name
        ? `;\nUPDATE _prisma_migrations SET finished_at = now(), applied_steps_count = 1 WHERE migration_name = ${pg.escapeLiteral(name)} AND finished_at IS NULL;`
        : "";
      await pool.query(script + finished);
    };
    return adapter;
  };
  return factory;
}

/**
 * The package's own entry imports the .wasm file as a module, which Node does not do; so it is instantiated by hand.
 * Once per process: the bindings keep views into the memory of the first instance.
 */
async function instantiateEngine(): Promise<typeof import("@prisma/schema-engine-wasm/schema_engine_bg")> {
  // The engine reports a panic here before it traps; without it, the trap hides why.
  Object.assign(globalThis, {
    PRISMA_WASM_PANIC_REGISTRY: {
      set_message: (message: string) => log.error("Prisma's schema engine failed", { panic: message.slice(0, 2000) }),
    },
  });
  const bindings = await import("@prisma/schema-engine-wasm/schema_engine_bg");
  const entry = createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm");
  const module = new WebAssembly.Module(await readFile(entry.replace(/schema_engine\.js$/, "schema_engine_bg.wasm")));
  const instance = new WebAssembly.Instance(module, { "./schema_engine_bg.js": bindings });
  bindings.__wbg_set_wasm(instance.exports);
  const start = instance.exports["__wbindgen_start"];
  if (typeof start === "function") start();
  return bindings;
}
