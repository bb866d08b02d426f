import { hash } from "node:crypto";
import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { type Prisma, PrismaClient } from "#lib/generated/prisma/client.ts";
import { singleton } from "./singleton.ts";

declare const transaction: unique symbol;
/** A transaction's client. Only {@link inTransaction} makes one, so that `recordAudit` and `publish` cannot run outside. */
export type Tx = Prisma.TransactionClient & { readonly [transaction]: true };

type Connections = { pool: pg.Pool; direct: pg.ClientConfig; mayPrepare: boolean; client: PrismaClient };
const holder = singleton<{ connections: Connections | undefined }>("database", () => ({ connections: undefined }));

/**
 * Opens the process's database. `direct` is for LISTEN, locks and migrations behind a pooler (DATABASE_DIRECT_URL).
 * Lazy: the first query connects. Every module of the process, Next's included, then reaches it through {@link db}.
 */
export function connectDatabase(config: pg.PoolConfig, direct: pg.ClientConfig = config): void {
  const pool = new pg.Pool(config);
  // An idle connection that breaks is replaced by the next query; without a listener it would end the process.
  pool.on("error", () => undefined);
  const client = new PrismaClient({ adapter: new PrismaPg(pool) });
  // Behind a pooler, the next statement may run on a connection that has prepared nothing.
  const mayPrepare = config.connectionString === direct.connectionString;
  holder.connections = { pool, direct, mayPrepare, client };
}

/** Closes the pool; queries in flight finish first. */
export async function disconnectDatabase(): Promise<void> {
  const { connections } = holder;
  holder.connections = undefined;
  await connections?.client.$disconnect();
  await connections?.pool.end();
}

/** The Prisma client. @throws Error when {@link connectDatabase} was not called. */
export function db(): PrismaClient {
  return opened().client;
}

const names = new Map<string, string>();

/**
 * One statement of its own past Prisma, which takes four times as much CPU: for the few that every token request, and every look-up of a credential, runs. `text` is a
 * constant of the program, each prepared once per connection; what varies is in `values`, as $1 and so on.
 */
export async function statement<Row extends pg.QueryResultRow>(
  text: string,
  values: readonly unknown[],
): Promise<{ rows: Row[]; count: number }> {
  const { pool, mayPrepare } = opened();
  // By its text: server.ts and Next's bundle have a map each, and share the connections.
  const name = names.get(text) ?? hash("sha256", text, "base64url");
  names.set(text, name);
  const { rows, rowCount } = await pool.query<Row>({ text, values: [...values], ...(mayPrepare ? { name } : {}) });
  return { rows, count: rowCount ?? 0 };
}

/** How a connection of its own reaches the database, past any pooler. */
export function directDatabaseConfig(): pg.ClientConfig {
  return opened().direct;
}

function opened(): Connections {
  if (!holder.connections) throw new Error("The database is not connected yet: call connectDatabase() first.");
  return holder.connections;
}

/**
 * Runs `work` in one READ COMMITTED transaction; what it throws rolls everything back. With `within`, as a part of that transaction,
 * which whoever opened it ends.
 */
export function inTransaction<Result>(work: (tx: Tx) => Promise<Result>, within?: Tx): Promise<Result> {
  if (within) return work(within);
  return db().$transaction((tx) => work(tx as Tx), { maxWait: 5_000, timeout: 15_000 });
}
