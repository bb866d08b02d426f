import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandLineActor } from "#lib/audit/actor.ts";
import { connectDatabase, disconnectDatabase } from "#lib/db.ts";
import { parseEnv } from "#lib/env.ts";
import { closeAcknowledgements } from "#lib/events/acknowledgements.ts";
import { startGateway } from "#lib/gateway/start-gateway.ts";
import { newId } from "#lib/ids.ts";
import { createKey } from "#lib/keys/create-key.ts";
import { setLogLevel } from "#lib/log.ts";
import { migrate } from "#lib/migrate.ts";
import { openDatabase } from "#lib/postgres/open-database.ts";
import { SCOPES } from "#lib/scopes.ts";
import { frontDoor } from "#lib/server/front-door.ts";
import { httpServer } from "#lib/server/http-server.ts";
import { createUser } from "#lib/users/create-user.ts";
import { freePort } from "#test/free-port.ts";

// Run as a program: the gateway on a database of its own, for tests of SDKs in any language. Prints one line of JSON,
// `{url, keys: {mcp, "mcp:read", "mcp:write"}}`, and serves until standard input ends or a signal asks it to end.

// From the start, so that what ends it early leaves no database behind.
process.stdin.resume();
const over = new Promise((resolve) => {
  process.stdin.once("end", resolve).once("close", resolve);
  process.once("SIGTERM", resolve).once("SIGINT", resolve).once("SIGHUP", resolve);
});

const dataDir = await mkdtemp(join(tmpdir(), "pensyve-sdk-"));
const port = await freePort();
const environment = parseEnv({ DATA_DIR: dataDir, PORT: String(port), RATE_LIMIT: "100000", ...process.env });
setLogLevel("warn");
const database = await openDatabase(environment, { say: () => undefined });
await migrate(database.direct);
connectDatabase(database.config, database.direct);
const gateway = await startGateway(environment);
const parts = {
  gateway: gateway.handle,
  authorizationServer: undefined,
  pages: undefined,
  isReady: () => Promise.resolve(true),
};
const http = httpServer(environment, frontDoor(environment, parts));
await http.listen();
const password = "a password for the tests of SDKs";
const user = await createUser({ email: "sdk@example.org", name: "SDK", password });
const keys: Record<string, string> = {};
for (const scope of SCOPES) {
  const input = { name: scope, scope, expiry: { kind: "never" as const }, idempotencyKey: newId() };
  keys[scope] = (await createKey(commandLineActor(user.id), input)).plaintext;
}
process.stdout.write(`${JSON.stringify({ url: environment.publicUrl, keys })}\n`);

await over;
await http.drain(500);
await gateway.stop();
await closeAcknowledgements();
await disconnectDatabase();
await database.close();
await rm(dataDir, { recursive: true, force: true });
// A standard input that is still open would keep it running.
process.exit();
