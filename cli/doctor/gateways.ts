import type pg from "pg";
import { GATEWAY_GONE_MS, STALENESS_MS } from "#lib/events/receipt.ts";
import { type Check, ok, warn } from "./check.ts";

const NAME = "gateways";

type Row = { name: string; silentMs: number };

/** Which gateways are registered, and which of them were not heard of lately: acts wait for those. */
export async function checkGateways(client: pg.Client): Promise<Check[]> {
  const { rows: tables } = await client.query<{ exists: boolean }>(
    "SELECT to_regclass('gateway_instances') IS NOT NULL AS exists",
  );
  if (!tables[0]?.exists) return [];
  const { rows } = await client.query<Row>(
    `SELECT name, (extract(epoch FROM clock_timestamp() - last_seen_at) * 1000)::float8 AS "silentMs"
     FROM gateway_instances ORDER BY started_at`,
  );
  const registered = rows.filter((row) => row.silentMs <= GATEWAY_GONE_MS);
  const silent = registered.filter((row) => row.silentMs > STALENESS_MS);
  if (registered.length === 0) return [ok(NAME, "None is running.")];
  const names = registered.map((row) => row.name).join(", ");
  if (silent.length === 0) return [ok(NAME, `${registered.length} registered: ${names}.`)];
  const said = silent.map((row) => `${row.name} for ${(row.silentMs / 1000).toFixed(1)} s`).join(", ");
  return [
    warn(
      NAME,
      `Silent: ${said}. Such a gateway asks the database for every request, and each revocation waits for it; look whether its process hangs. It is forgotten after ${GATEWAY_GONE_MS / 1000} s.`,
    ),
  ];
}
