import type pg from "pg";
import { type Check, fail, ok, warn } from "./check.ts";

const VERSION_MIN = 150_000;
const SKEW_MAX_MS = 2_000;

/** Which PostgreSQL answers: 15 or newer. */
export async function checkVersion(client: pg.Client): Promise<Check[]> {
  const { rows } = await client.query<{ number: string; version: string }>(
    "SELECT current_setting('server_version_num') AS number, current_setting('server_version') AS version",
  );
  const version = rows[0]?.version ?? "of an unknown version";
  if (Number(rows[0]?.number) >= VERSION_MIN) return [ok("database", `PostgreSQL ${version} answers.`)];
  return [fail("database", `PostgreSQL ${version} is too old. Use 15 or newer.`)];
}

/** Expiry and grace are compared with each machine's clock, registration with the database's: they should agree. */
export async function checkClock(client: pg.Client): Promise<Check[]> {
  const before = Date.now();
  const { rows } = await client.query<{ now: Date }>("SELECT clock_timestamp() AS now");
  const middle = (before + Date.now()) / 2;
  const skew = Math.round((rows[0]?.now.getTime() ?? Number.NaN) - middle);
  if (Math.abs(skew) <= SKEW_MAX_MS)
    return [ok("clock", `This machine and the database agree within ${Math.abs(skew)} ms.`)];
  const direction = skew > 0 ? "ahead of" : "behind";
  return [
    warn(
      "clock",
      `The database is ${(Math.abs(skew) / 1000).toFixed(1)} s ${direction} this machine: keys expire that much off. Run NTP on both.`,
    ),
  ];
}
