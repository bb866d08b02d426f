import { connectDatabase, db, disconnectDatabase } from "#lib/db.ts";
import { env } from "#lib/env.ts";
import { closeAcknowledgements } from "#lib/events/acknowledgements.ts";
import { flushLog, log, setLogLevel } from "#lib/log.ts";
import { migrate } from "#lib/migrate.ts";
import { openDatabase } from "#lib/postgres/open-database.ts";
import { deriveSecret } from "#lib/secret.ts";
import { describeFailure } from "#lib/server/describe-failure.ts";
import { frontDoor, type Parts } from "#lib/server/front-door.ts";
import { httpServer } from "#lib/server/http-server.ts";
import { startProcessMetrics } from "#lib/server/metrics.ts";
import { installShutdown, ShutdownRequested } from "#lib/server/shutdown.ts";

const DRAIN_MS = 10_000;
/** It writes everything out first, which takes as long as it takes; what hangs for ever is left to the next start. */
const POSTGRES_STOP_MS = 60_000;
const isDevelopment = process.argv.includes("--dev");
const shutdown = installShutdown(["PostgreSQL"]);

try {
  await start();
  shutdown.started();
} catch (error) {
  if (error instanceof ShutdownRequested) await shutdown.run(0);
  flushLog();
  process.stderr.write(`Pensyve Auth cannot start: ${describeFailure(error)}\n`);
  await shutdown.run(1);
}

/** Brings up what the configuration asks for, in the order in which each part needs the one before. */
async function start(): Promise<void> {
  const environment = env();
  setLogLevel(environment.logLevel);
  startProcessMetrics();

  const database = await openDatabase(environment, { say });
  shutdown.add("PostgreSQL", database.close, POSTGRES_STOP_MS);
  void database.lost.then(() => {
    log.error("The built-in PostgreSQL ended: stopping. Start again to recover", { see: "DATA_DIR/postgres.log" });
    return shutdown.run(1);
  });
  shutdown.checkpoint();
  const applied = await migrate(database.direct);
  if (applied.length > 0) log.info("Migrated the database", { migrations: applied.join(" ") });
  connectDatabase(database.config, database.direct);
  shutdown.add("database connections", async () => {
    await closeAcknowledgements();
    await disconnectDatabase();
  });
  shutdown.checkpoint();

  const parts: Parts = {
    gateway: undefined,
    authorizationServer: undefined,
    pages: undefined,
    isReady: databaseAnswers,
  };
  const http = httpServer(environment, (request, response) => door(request, response), isReloadSocket);
  if (environment.roles.has("gateway")) {
    const { startGateway } = await import("#lib/gateway/start-gateway.ts");
    const gateway = await startGateway(environment);
    shutdown.add("gateway", gateway.stop);
    parts.gateway = gateway.handle;
    parts.isReady = async () => gateway.isReady() && (await databaseAnswers());
  }
  if (environment.roles.has("web")) {
    // next-auth and Next read these when they are loaded.
    const nextAuth = { NEXTAUTH_URL: environment.publicUrl, NEXTAUTH_SECRET: deriveSecret("next-auth") };
    const mode = { NODE_ENV: isDevelopment ? "development" : "production", NEXT_TELEMETRY_DISABLED: "1" };
    Object.assign(process.env, nextAuth, mode);
    const { startPages } = await import("./web.ts");
    const pages = await startPages(http.server, isDevelopment);
    shutdown.add("pages", pages.close);
    const { consentPages } = await import("#lib/oauth/consent/consent-pages.ts");
    parts.pages = consentPages(pages.handle);
    const { startAuthorizationServer } = await import("#lib/oauth/start-authorization-server.ts");
    const authorizationServer = await startAuthorizationServer(environment, pages.handle);
    shutdown.add("authorization server", authorizationServer.stop);
    parts.authorizationServer = authorizationServer.handle;
  }
  const door = frontDoor(environment, parts);
  shutdown.add("requests", () => http.drain(DRAIN_MS), DRAIN_MS + 1_000);
  shutdown.add("notice", database.markStopping);
  shutdown.checkpoint();
  await http.listen();
  log.info("Listening", { url: environment.publicUrl, roles: [...environment.roles].join(",") });
  if (environment.roles.has("web")) {
    const { prepareSetupLink } = await import("#lib/users/setup-link.ts");
    const link = await prepareSetupLink(environment);
    say(`Pensyve Auth is ready at ${environment.publicUrl}`);
    if (link) say(`Make the first account: ${link}`);
  }
}

async function databaseAnswers(): Promise<boolean> {
  const late = new Promise<false>((resolve) => setTimeout(resolve, 2_000, false).unref());
  const answer = db().$queryRaw`SELECT 1`.then(() => true);
  return Promise.race([answer, late]);
}

/** Only Next's socket for reloading pages, only in development. */
function isReloadSocket(request: { url?: string | undefined }): boolean {
  return isDevelopment && (request.url ?? "").startsWith("/_next/hmr");
}

/** Says something to the person who started the server, beside the log. */
function say(line: string): void {
  flushLog();
  process.stdout.write(`${line}\n`);
}
