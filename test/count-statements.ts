import { mkdtemp, rm } from "node:fs/promises";
import { createConnection, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type pg from "pg";

/** A stand-in for PostgreSQL's socket that notes every statement that passes: what is sent is what counts. */
export type StatementCounter = {
  /** How to reach the database through it. */
  config: pg.ClientConfig;
  /** The statements that were executed while `work` ran, in order: transactions' BEGIN and COMMIT included. */
  during<Result>(work: () => Promise<Result>): Promise<{ result: Result; statements: string[] }>;
  close(): Promise<void>;
};

/** Listens beside the database at `config`, whose host is the folder of a socket. */
export async function countStatements(config: pg.ClientConfig): Promise<StatementCounter> {
  const folder = await mkdtemp(join(tmpdir(), "count-"));
  const name = `.s.PGSQL.${config.port ?? 5432}`;
  let noted: string[] = [];
  const server: Server = createServer((client) => {
    const database = createConnection(join(String(config.host), name));
    const note = reader((statement) => noted.push(statement));
    client.on("data", (chunk: Buffer) => {
      note(chunk);
      database.write(chunk);
    });
    database.pipe(client);
    client.once("close", () => database.destroy());
    for (const socket of [client, database]) socket.on("error", () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(join(folder, name), resolve));
  return {
    config: { ...config, host: folder },
    async during(work) {
      noted = [];
      const result = await work();
      const statements = noted;
      noted = [];
      return { result, statements };
    },
    async close() {
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Reads what a client sends (PostgreSQL's manual, section 54.7): `Query` is a statement, and so is each `Execute` of what `Parse` named
 * and `Bind` bound.
 */
function reader(note: (statement: string) => void): (chunk: Buffer) => void {
  let rest = Buffer.alloc(0);
  let isStarted = false;
  const parsed = new Map<string, string>();
  const bound = new Map<string, string>();
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      // The first message has no type.
      const headerBytes = isStarted ? 5 : 4;
      if (rest.length < headerBytes) return;
      const length = rest.readInt32BE(headerBytes - 4);
      if (rest.length < length + headerBytes - 4) return;
      const type = isStarted ? String.fromCharCode(rest[0] ?? 0) : "";
      const [first = "", second = ""] = texts(rest.subarray(headerBytes, length + headerBytes - 4));
      rest = rest.subarray(length + headerBytes - 4);
      isStarted = true;
      if (type === "Q") note(first);
      if (type === "P") parsed.set(first, second);
      if (type === "B") bound.set(first, parsed.get(second) ?? "");
      if (type === "E") note(bound.get(first) ?? "");
    }
  };
}

/** The two texts that end with a zero byte, at the beginning of a message. */
function texts(body: Buffer): string[] {
  const first = body.indexOf(0);
  const second = body.indexOf(0, first + 1);
  return [body.toString("utf8", 0, first), second < 0 ? "" : body.toString("utf8", first + 1, second)];
}
