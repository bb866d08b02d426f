import { chown, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { connectDatabase, db, disconnectDatabase } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { generateKey, shownPrefix } from "#lib/keys/key-format.ts";
import { keyHash } from "#lib/keys/key-hash.ts";
import { migrate } from "#lib/migrate.ts";
import { initCluster, startCluster } from "#lib/postgres/cluster.ts";

/** nobody: PostgreSQL does not run as root. */
const NOBODY = { uid: 65_534, gid: 65_534 };
const USERS = 50;

export type BenchDatabase = { url: string; keys: string[]; stop(): Promise<void> };

/** Starts a PostgreSQL of its own in `folder` with `keyCount` keys of 50 users. */
export async function startBenchDatabase(folder: string, keyCount: number): Promise<BenchDatabase> {
  const identity = process.getuid?.() === 0 ? NOBODY : undefined;
  if (identity) await chown(folder, identity.uid, identity.gid);
  const options = { dataDir: join(folder, "pg"), socketDir: join(folder, "s"), password: "bench", identity };
  await mkdir(options.socketDir, { mode: 0o700 });
  await initCluster(options);
  const cluster = await startCluster(options);
  await migrate(cluster.config);
  connectDatabase(cluster.config);
  const keys = await insertKeys(keyCount);
  await disconnectDatabase();
  const { user, password, database } = cluster.config;
  return {
    url: `postgresql://${user}:${password}@localhost/${database}?host=${encodeURIComponent(options.socketDir)}`,
    keys,
    stop: () => cluster.stop(),
  };
}

async function insertKeys(count: number): Promise<string[]> {
  const users = Array.from({ length: USERS }, () => newId());
  await db().user.createMany({ data: users.map((id) => ({ id, email: `${id}@example.org` })) });
  const keys = Array.from({ length: count }, () => generateKey());
  await db().apiKey.createMany({
    data: keys.map((key, index) => ({
      id: newId(),
      userId: users[index % USERS] ?? "",
      name: `bench ${index}`,
      scope: "mcp",
      hash: keyHash(key),
      prefix: shownPrefix(key),
    })),
  });
  return keys;
}
