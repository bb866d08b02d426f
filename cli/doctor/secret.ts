import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Env } from "#lib/env.ts";
import { type Check, ok, warn } from "./check.ts";

const NAME = "secret";

/** Where the deployment's secret comes from. Whether it is long enough, the configuration has said. */
export function checkSecret({ secret, databaseUrl, dataDir, roles }: Env): Check[] {
  if (!roles.has("web")) return [ok(NAME, "Not used: a gateway on its own derives nothing from it.")];
  if (secret) return [ok(NAME, "SECRET is set. It must be the same for every process.")];
  if (databaseUrl || existsSync(join(dataDir, "secret")))
    return [ok(NAME, `In ${join(dataDir, "secret")}. Back it up with the database.`)];
  return [warn(NAME, `${join(dataDir, "secret")} does not exist yet: the first start makes it.`)];
}
