import { existsSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { type Env, env } from "#lib/env.ts";
import type { OpenedDatabase } from "#lib/postgres/open-database.ts";
import { type Check, fail, warn } from "./doctor/check.ts";
import { checkConfiguration } from "./doctor/configuration.ts";
import { checkDataDir } from "./doctor/data-dir.ts";
import { checkClock, checkVersion } from "./doctor/database.ts";
import { checkGateways } from "./doctor/gateways.ts";
import { checkMigrations } from "./doctor/migrations.ts";
import { checkNotifications } from "./doctor/notifications.ts";
import { checkSecret } from "./doctor/secret.ts";
import { checkSigningKeys } from "./doctor/signing-keys.ts";
import { refusalOf } from "./refusal.ts";
import { defineVerb } from "./verb.ts";
import { withAttached } from "./with-attached.ts";

export const doctor = defineVerb({
  usage: "doctor",
  summary:
    "Looks at configuration, data folder, database, migrations, notifications, gateways, clock and signing keys. Changes nothing.",
  options: {},
  run: async () => {
    const checks = await examine();
    const isFailure = checks.some(({ status }) => status === "fail");
    const lines = checks.map(({ name, status, message }) => `${status.padEnd(4)}  ${name}: ${message}`);
    return { json: { ok: !isFailure, checks }, text: lines.join("\n"), isFailure };
  },
});

async function examine(): Promise<Check[]> {
  let environment: Env;
  try {
    environment = env();
  } catch (error) {
    return [fail("configuration", refusalOf(error).message)];
  }
  const local = [checkConfiguration, checkDataDir, checkSecret].flatMap((check) => check(environment));
  const hasCluster = existsSync(join(environment.dataDir, "postgres"));
  if (!environment.databaseUrl && !hasCluster) {
    return [...local, warn("database", "There is none yet: the first start makes it (npm start).")];
  }
  return [
    ...local,
    ...(await withAttached(environment, (database) => examineDatabase(database, environment)).catch(
      (error: unknown) => [unreachable(error)],
    )),
  ];
}

async function examineDatabase(database: OpenedDatabase, environment: Env): Promise<Check[]> {
  const client = new pg.Client({ ...database.config, connectionTimeoutMillis: 10_000 });
  client.on("error", () => undefined); // the query that meets it says so
  try {
    await client.connect();
    const checks: Check[] = [];
    for (const check of [checkVersion, checkMigrations, checkGateways, checkClock, checkSigningKeys])
      checks.push(...(await check(client, environment)));
    return [...checks, ...(await checkNotifications(database.config, database.direct).catch(deaf))];
  } finally {
    await client.end().catch(() => undefined);
  }
}

function unreachable(error: unknown): Check {
  return fail("database", refusalOf(error).message);
}

/** The database answered before, so this is about the other address. */
function deaf(error: unknown): Check[] {
  return [fail("notifications", `${refusalOf(error).message} Listening goes to DATABASE_DIRECT_URL if that is set.`)];
}
