import { recordSecret } from "#test/run-record.ts";
import type { RunningServer } from "./fixtures.ts";

/** Makes an API key with the operator's command line. @returns its plaintext. */
export async function makeKey(server: RunningServer, email: string, name: string, scope = "mcp"): Promise<string> {
  const made = await server.cli(["key", "create", "--email", email, "--name", name, "--scope", scope, "--json"]);
  const { key } = JSON.parse(made);
  recordSecret(key);
  return key;
}
