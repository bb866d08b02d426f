import { PrismaPg } from "@prisma/adapter-pg";
import type pg from "pg";
import { type Prisma, PrismaClient } from "#lib/generated/prisma/client.ts";
import { singleton } from "./singleton.ts";

declare const transaction: unique symbol;
/** A transaction's client. Only {@link inTransaction} makes one, so that `recordAudit` and `publish` cannot run outside. */
export type Tx = Prisma.TransactionClient & { readonly [transaction]: true };

type Connections = { config: pg.PoolConfig; direct: pg.ClientConfig; client: PrismaClient };
const holder = singleton<{ connections: Connections | undefined }>("database", () => ({ connections: undefined }));

/**
 * Opens the process's database. `direct` is for LISTEN, locks and migrations behind a pooler (DATABASE_DIRECT_URL).
 * Lazy: the first query connects. Every module of the process, Next's included, then reaches it through {@link db}.
 */
export function connectDatabase(config: pg.PoolConfig, direct: pg.ClientConfig = config): void {
  holder.connections = { config, direct, client: new PrismaClient({ adapter: new PrismaPg(config) }) };
}

/** Closes the pool; queries in flight finish first. */
export async function disconnectDatabase(): Promise<void> {
  const { connections } = holder;
  holder.connections = undefined;
  await connections?.client.$disconnect();
}

/** The Prisma client. @throws Error when {@link connectDatabase} was not called. */
export function db(): PrismaClient {
  return opened().client;
}

/** How a connection of its own reaches the database, past any pooler. */
export function directDatabaseConfig(): pg.ClientConfig {
  return opened().direct;
}

function opened(): Connections {
  if (!holder.connections) throw new Error("The database is not connected yet: call connectDatabase() first.");
  return holder.connections;
}

/** Runs `work` in one READ COMMITTED transaction; what it throws rolls everything back. */
export function inTransaction<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
  return db().$transaction((tx) => work(tx as Tx), { maxWait: 5_000, timeout: 15_000 });
}
