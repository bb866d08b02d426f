import { beforeEach } from "vitest";
import { db } from "#lib/db.ts";
import { isWrite, type ProtectedOperation } from "#lib/gateway/operation.ts";
import { OPERATIONS } from "#lib/gateway/operations.ts";
import { insertUser } from "./database.ts";
import { type ExampleRequest, exampleRequest } from "./example-requests.ts";
import { insertKey, send, type TestAnswer, type TestGateway } from "./gateway.ts";

/** Every operation that listens to an Idempotency-Key. */
export const WRITES = OPERATIONS.filter(
  (one): one is ProtectedOperation => one.access !== "public" && isWrite(one),
).map((operation) => [operation.name, operation] as const);

type Sent = { method?: string; path?: string; body?: unknown; as?: string };

/** Writes with an Idempotency-Key, of an owner with a key `mcp` that each test has for itself. Call it once at the top of a file. */
export function repeatableWrites(gateway: TestGateway) {
  let userId = "";
  let key = "";
  beforeEach(async () => {
    userId = (await insertUser()).id;
    key = (await insertKey(userId)).key;
  });
  const named = (name: string) => ({ "idempotency-key": name });
  return {
    userId: () => userId,
    key: () => key,
    /** A write under `name`: that of a fact, or another one; `as` another key. */
    write: (name: string, sent: Sent = {}): Promise<TestAnswer> =>
      send(gateway.url(), sent.method ?? "POST", sent.path ?? "/v1/remember", {
        key: sent.as ?? key,
        body: sent.body ?? { entity: "ada", fact: "likes tea" },
        headers: named(name),
      }),
    remove: (name: string, path: string) => send(gateway.url(), "DELETE", path, { key, headers: named(name) }),
    example: async (operation: ProtectedOperation): Promise<ExampleRequest> => exampleRequest(operation, userId),
    sendExample({ requests, body }: ExampleRequest, name: string): Promise<TestAnswer> {
      const [first] = requests;
      if (!first) throw new Error("An operation has a route.");
      return send(gateway.url(), first.method, first.path, { key, body, headers: named(name) });
    },
    facts: (of = userId) => db().memory.findMany({ where: { userId: of } }),
    /** The stored answers. */
    rows: () => db().answeredWrite.findMany({ where: { userId } }),
  };
}

export function isReplayed({ headers }: TestAnswer): boolean {
  return headers.get("idempotency-replayed") === "true";
}
