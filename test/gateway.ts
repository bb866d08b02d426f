import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll } from "vitest";
import { db } from "#lib/db.ts";
import { type Env, parseEnv } from "#lib/env.ts";
import { type StartedGateway, startGateway } from "#lib/gateway/start-gateway.ts";
import { newId } from "#lib/ids.ts";
import { generateKey, shownPrefix } from "#lib/keys/key-format.ts";
import { keyHash } from "#lib/keys/key-hash.ts";
import { setLogLevel } from "#lib/log.ts";
import type { Scope } from "#lib/scopes.ts";

export type TestGateway = {
  /** Origin of the listening gateway. */
  url(): string;
  gateway(): StartedGateway;
};

/** An answer, its body read. `json` throws when there is none, as clients of older servers do. */
export type TestAnswer = { status: number; headers: Headers; text: string; json: Record<string, unknown> };

/**
 * Starts a gateway on a free port, on the database that testDatabase() made. Call it once at the top of a file, after that.
 * @param values environment variables beside the defaults; RATE_LIMIT is out of the way unless given
 */
export function testGateway(values: Record<string, string> = {}): TestGateway {
  let started: StartedGateway | undefined;
  let server: Server | undefined;
  beforeAll(async () => {
    setLogLevel("warn");
    started = await startGateway(gatewayEnv(values));
    server = createServer(started.handle);
    const listening = server;
    await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  });
  afterAll(async () => {
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
    await started?.stop();
  });
  return {
    url: () => `http://127.0.0.1:${(server?.address() as AddressInfo | undefined)?.port}`,
    gateway: () => {
      if (!started) throw new Error("The gateway is not started yet.");
      return started;
    },
  };
}

/** The configuration of a gateway in a test. */
export function gatewayEnv(values: Record<string, string> = {}): Env {
  return parseEnv({ PUBLIC_URL: "http://localhost:3000", RATE_LIMIT: "1000000", ...values });
}

/** Inserts a key, past every rule. @returns its id and the key itself */
export async function insertKey(
  userId: string,
  scope: Scope = "mcp",
  values: { expiresAt?: Date; revokedAt?: Date; rotatedAt?: Date; graceEndsAt?: Date } = {},
): Promise<{ id: string; key: string }> {
  const key = generateKey();
  const id = newId();
  const prefix = shownPrefix(key);
  await db().apiKey.create({ data: { id, userId, name: "test", scope, hash: keyHash(key), prefix, ...values } });
  return { id, key };
}

/** Sends one request. An object as `body` is sent as JSON. */
export async function send(
  url: string,
  method: string,
  path: string,
  options: { key?: string; body?: unknown; headers?: Record<string, string> } = {},
): Promise<TestAnswer> {
  const { key, body } = options;
  const isRaw = typeof body === "string" || body instanceof Uint8Array;
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...options.headers,
    },
    ...(body === undefined ? {} : { body: isRaw ? (body as BodyInit) : JSON.stringify(body) }),
    redirect: "manual",
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    get json() {
      return JSON.parse(text);
    },
  };
}

/** Posts one JSON-RPC message to /mcp. */
export function sendRpc(
  url: string,
  key: string,
  method: string,
  params: Record<string, unknown> = {},
  id: number | string = 1,
): Promise<TestAnswer> {
  const headers = { accept: "application/json, text/event-stream" };
  return send(url, "POST", "/mcp", { key, headers, body: { jsonrpc: "2.0", id, method, params } });
}

/** The JSON document inside a tool's result. */
export function toolDocument(answer: TestAnswer): Record<string, unknown> {
  const { result } = answer.json as { result: { content: { text: string }[] } };
  return JSON.parse(result.content[0]?.text ?? "null");
}
