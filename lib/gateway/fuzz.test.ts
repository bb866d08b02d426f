import { Agent, request } from "node:http";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { insertUser, testDatabase } from "#test/database.ts";
import { type ExampleRequest, exampleRequest } from "#test/example-requests.ts";
import { insertKey, testGateway } from "#test/gateway.ts";
import { OPERATIONS } from "./operations.ts";

testDatabase();
const gateway = testGateway();
const agent = new Agent({ keepAlive: true });
let key = "";
let userId = "";
/** How often each route gave each status. */
const seen = new Map<string, Map<number, number>>();

beforeAll(async () => {
  userId = (await insertUser()).id;
  key = (await insertKey(userId)).key;
});
afterAll(() => {
  agent.destroy();
  const lines = [...seen].map(([route, statuses]) => {
    const counts = [...statuses]
      .toSorted(([one], [other]) => one - other)
      .map(([status, count]) => `${status}: ${count}`);
    return `  ${route.padEnd(46)} ${counts.join("  ")}`;
  });
  process.stdout.write(`Requests per route and status\n${lines.join("\n")}\n`);
});

type Sent = { headers: readonly (readonly [string, string])[]; query: string; body: Buffer | undefined };

/** 2xx and the statuses that the interface documents; 5xx never. */
const DOCUMENTED = [200, 201, 202, 204, 400, 401, 403, 404, 405, 413, 415, 422, 429, 431];

const anyJson = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(
    null,
    true,
    -1,
    0.5,
    1e308,
    -0,
    "",
    "\0",
    "\ud800",
    "é".repeat(70_000),
    "../..",
    "'; DROP TABLE memories; --",
  ),
  fc.array(fc.string(), { maxLength: 20 }),
);
const hostileHeader = fc.tuple(
  fc.constantFrom(
    "x-forwarded-for",
    "x-user-id",
    "accept",
    "accept-encoding",
    "if-none-match",
    "range",
    "te",
    "cookie",
    "mcp-protocol-version",
    "mcp-method",
    "mcp-session-id",
    "last-event-id",
    "user-agent",
    "confirm",
    "content-encoding",
    "x-http-method-override",
  ),
  fc.oneof(
    fc.stringMatching(/^[\x21-\x7e\x80-\xff]{0,60}$/),
    fc.constantFrom(
      "gzip",
      "identity",
      "*",
      "-1",
      "null",
      "bytes=0-",
      "a".repeat(4_000),
      "%0d%0aSet-Cookie: a=b",
      "2026-07-28",
    ),
  ),
);

/** Requests around one that works: itself, with fields changed, with any JSON, with bytes that are none, too large. */
function requestsAround(example: ExampleRequest): fc.Arbitrary<Sent> {
  const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value) ?? "null");
  const fields = Object.keys(example.body ?? {});
  const changed = fc
    .tuple(fc.constantFrom(...fields, "limit", "namespace", "types", "confidence", "__proto__"), anyJson)
    .map(([field, value]) => json({ ...example.body, [field]: value }));
  const removed = fc
    .subarray(fields)
    .map((kept) => json(Object.fromEntries(kept.map((field) => [field, example.body?.[field]]))));
  const broken = fc
    .constantFrom("{", "[", '{"a":1,"a":2}', `${"[".repeat(9_000)}`, '{"query":}', "\ufeff{}", "NaN", "")
    .map((text) => Buffer.from(text));
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 60 }).map((array) => Buffer.from(array));
  const large = fc.constant(Buffer.alloc(3_000_000, "a"));
  const works = fc.constant(example.body === undefined ? undefined : json(example.body));
  return fc.record({
    headers: fc.array(hostileHeader, { maxLength: 2 }),
    query: fc.oneof(
      { weight: 4, arbitrary: fc.constant("") },
      {
        weight: 1,
        arbitrary: fc.string({ maxLength: 30 }).map((text) => `x=${encodeURIComponent(text.toWellFormed())}`),
      },
      { weight: 1, arbitrary: fc.constantFrom("%", "a=%ff&a=1", "limit=abc", "namespace=", "__proto__=1", "&&&=") },
    ),
    body: fc.oneof(
      { weight: 6, arbitrary: works },
      { weight: 6, arbitrary: changed },
      { weight: 2, arbitrary: removed },
      { weight: 2, arbitrary: anyJson.map(json) },
      { weight: 2, arbitrary: broken },
      { weight: 2, arbitrary: bytes },
      { weight: 1, arbitrary: large },
    ),
  });
}

function sendRaw(
  method: string,
  path: string,
  { headers, query, body }: Sent,
): Promise<{ status: number; text: string }> {
  const separator = path.includes("?") ? "&" : "?";
  return new Promise((resolve, reject) => {
    const sent = request(
      `${gateway.url()}${path}${query === "" ? "" : `${separator}${query}`}`,
      {
        method,
        agent,
        headers: {
          "content-type": "application/json",
          ...Object.fromEntries(headers),
          authorization: `Bearer ${key}`,
          // Without it, Node sends the body of a GET without saying that there is one.
          "content-length": String(body?.length ?? 0),
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

async function fuzz(route: string, method: string, path: string, example: ExampleRequest): Promise<void> {
  const statuses = new Map<number, number>();
  seen.set(route, statuses);
  await fc.assert(
    fc.asyncProperty(requestsAround(example), async (sent) => {
      const { status, text } = await sendRaw(method, path, sent);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      expect([status, text.slice(0, 200)]).toEqual([
        expect.toSatisfy((one) => DOCUMENTED.includes(one)),
        expect.any(String),
      ]);
      if (status !== 202) expect(() => JSON.parse(text)).not.toThrow();
      if (status >= 400 && !path.startsWith("/mcp")) {
        expect(JSON.parse(text)).toMatchObject({
          error: expect.any(String),
          message: expect.any(String),
          detail: expect.any(String),
          request_id: expect.any(String),
        });
      }
    }),
    { numRuns: 40 },
  );
  expect([...statuses.keys()].some((status) => status < 300)).toBe(true);
}

describe("bad input gets the documented status and a JSON body, never a 5xx", () => {
  const routes = OPERATIONS.flatMap((operation) =>
    operation.routes.map((route, index) => ({ operation, route, index })),
  );
  it.each(routes.map((one) => [`${one.route.method} ${one.route.path} (${one.operation.name})`, one] as const))(
    "%s",
    async (name, { operation, index }) => {
      const example = await exampleRequest(operation, userId);
      const sent = example.requests[index];
      if (!sent) throw new Error("Each route has an example.");
      await fuzz(name, sent.method, sent.path, example);
    },
  );

  it.each(OPERATIONS.flatMap(({ tool, name }) => (tool ? [[tool.name, name] as const] : [])))(
    "POST /mcp: %s",
    async (tool, name) => {
      const operation = OPERATIONS.find((one) => one.name === name);
      if (!operation) throw new Error("The tool is in the registry.");
      const { body, parameters } = await exampleRequest(operation, userId);
      const call = {
        jsonrpc: "2.0",
        id: 1,
        method: "tools/call",
        params: { name: tool, arguments: { ...parameters, ...body } },
      };
      await fuzz(`POST /mcp ${tool}`, "POST", "/mcp", { requests: [], parameters: {}, body: call });
    },
  );

  it("addresses that nobody has", async () => {
    const path = fc.oneof(
      fc.webPath(),
      fc.stringMatching(/^\/v1\/[!-~]{0,40}$/).map((text) => text.replaceAll(/[?#]/g, "")),
    );
    await fc.assert(
      fc.asyncProperty(
        path,
        fc.constantFrom("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"),
        async (text, method) => {
          const { status, text: body } = await sendRaw(method, text === "" ? "/" : text, {
            headers: [],
            query: "",
            body: undefined,
          });
          expect([text, status]).toEqual([text, expect.toSatisfy((one) => DOCUMENTED.includes(one))]);
          expect(() => JSON.parse(body)).not.toThrow();
        },
      ),
      { numRuns: 150 },
    );
  });
});
