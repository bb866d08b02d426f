import type { Env } from "#lib/env.ts";
import { type Check, ok, warn } from "./check.ts";

const LOOPBACK = new Set(["localhost", "127.0.0.1", "::1", "[::1]"]);

/** A configuration that is valid and still may not be meant. What is not valid never gets here. */
export function checkConfiguration(environment: Env): Check[] {
  const { host, publicUrl, databaseUrl } = environment;
  const isLocalUrl = LOOPBACK.has(new URL(publicUrl).hostname);
  const listensBeyond = host !== undefined && !LOOPBACK.has(host);
  if (isLocalUrl && listensBeyond) {
    return [
      warn(
        "configuration",
        `The server listens on ${host}, but PUBLIC_URL is ${publicUrl}: other machines get 421. Set PUBLIC_URL.`,
      ),
    ];
  }
  const database = databaseUrl ? "DATABASE_URL" : "the built-in PostgreSQL";
  return [ok("configuration", `Valid: ${publicUrl}, ${[...environment.roles].join(",")}, ${database}.`)];
}
