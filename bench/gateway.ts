import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBenchDatabase } from "./database.ts";
import { freePort } from "./free-port.ts";
import { applyLoad, sendOnce } from "./load.ts";
import { median } from "./median.ts";
import { hasTaskset, type Measured, pinSelf, startMeasured } from "./processes.ts";

/**
 * Measures the gateway against the least that could give the same answers, in one run and in turns, because only ratios mean
 * something on a shared machine. The bar is on `GET /v1/me`, with a key and with an access token; nothing is asserted, everything is printed.
 */
const KEYS = 1_000;
const TOKENS = 1_000;
const ROUNDS = Number(process.env["BENCH_ROUNDS"] ?? 7);
const SECONDS = Number(process.env["BENCH_SECONDS"] ?? 3);
const WARM_UP_SECONDS = 15;
const CPU_BAR = 1.5;
const RATE_BAR = 0.65;
const PUBLIC_URL = "http://localhost:3000";

type Sample = { cpuMicroseconds: number; perSecond: number; failures: number };
type Contest = { name: string; ours: Measured; twin: Measured; requests: readonly Buffer[] };

const folder = await mkdtemp(join(tmpdir(), "pensyve-bench-"));
pinSelf();
const database = await startBenchDatabase(folder, KEYS, { count: TOKENS, issuer: PUBLIC_URL });
const gateway = await startMeasured(folder, "gateway", "server.ts", await freePort(), {
  SERVE: "gateway",
  DATABASE_URL: database.url,
  RATE_LIMIT: "100000000",
  LOG_LEVEL: "info",
  PUBLIC_URL,
});
try {
  await run();
} finally {
  await gateway.stop();
  await database.stop();
  if (process.argv.includes("--profile")) console.log(`Profiles are in ${folder}`);
  else await rm(folder, { recursive: true, force: true });
}

async function run(): Promise<void> {
  const me = database.keys.map((key) => get("/v1/me", key));
  const stats = database.keys.map((key) => get("/v1/stats", key));
  const meByToken = database.tokens.map((token) => get("/v1/me", token));
  const call = database.keys.map((key) => toolCall(key));
  const answers = {
    "/v1/me": parseAnswer(await sendOnce(gateway.port, me[0] ?? Buffer.alloc(0))),
    "/v1/stats": parseAnswer(await sendOnce(gateway.port, stats[0] ?? Buffer.alloc(0))),
  };
  await writeFile(join(folder, "answers.json"), JSON.stringify(answers));
  const byToken = { "/v1/me": parseAnswer(await sendOnce(gateway.port, meByToken[0] ?? Buffer.alloc(0))) };
  await writeFile(join(folder, "token-answers.json"), JSON.stringify(byToken));
  const twin = await startMeasured(folder, "twin", "bench/twin.ts", await freePort(), {
    ANSWERS: join(folder, "answers.json"),
  });
  const tokenTwin = await startMeasured(folder, "token-twin", "bench/twin.ts", await freePort(), {
    ANSWERS: join(folder, "token-answers.json"),
  });
  const mcpTwin = await startMeasured(folder, "mcp-twin", "bench/mcp-twin.ts", await freePort(), {});
  const pinned = hasTaskset
    ? "each server pinned to one core, the load to the other"
    : "taskset is absent: nothing is pinned";
  console.log(
    `${KEYS} keys, ${TOKENS} access tokens, warm; rate limits, scopes and logging at info are on; ${pinned}; medians of ${ROUNDS} rounds of ${SECONDS} s`,
  );
  try {
    await compare({ name: "GET /v1/me", ours: gateway, twin, requests: me }, true);
    await compare({ name: "GET /v1/me, access token", ours: gateway, twin: tokenTwin, requests: meByToken }, true);
    if (process.argv.includes("--only-me")) return;
    await compare({ name: "GET /v1/stats", ours: gateway, twin, requests: stats });
    await compare({ name: "MCP tools/call", ours: gateway, twin: mcpTwin, requests: call });
  } finally {
    await twin.stop();
    await tokenTwin.stop();
    await mcpTwin.stop();
  }
}

async function compare({ name, ours, twin, requests }: Contest, hasBar = false): Promise<void> {
  // Until the compiler has seen enough of both.
  await applyLoad(ours.port, requests, WARM_UP_SECONDS);
  await applyLoad(twin.port, requests, WARM_UP_SECONDS);
  const mine: Sample[] = [];
  const other: Sample[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    mine.push(await measure(ours, requests));
    other.push(await measure(twin, requests));
  }
  const cpu = mine.map((sample, round) => sample.cpuMicroseconds / (other[round]?.cpuMicroseconds ?? Number.NaN));
  const rate = mine.map((sample, round) => sample.perSecond / (other[round]?.perSecond ?? Number.NaN));
  const bar = (isMet: boolean, text: string): string => (hasBar ? ` (bar ${text}: ${isMet ? "met" : "NOT met"})` : "");
  const shown = (samples: readonly Sample[]): string =>
    `${median(samples.map((sample) => sample.cpuMicroseconds)).toFixed(1)} us CPU, ${Math.round(median(samples.map((sample) => sample.perSecond)))}/s`;
  console.log(`\n${name}\n  gateway ${shown(mine)}; twin ${shown(other)}`);
  console.log(
    `  CPU per request: ${median(cpu).toFixed(2)} times the twin's${bar(median(cpu) <= CPU_BAR, `<= ${CPU_BAR}`)}; rounds ${cpu.map((ratio) => ratio.toFixed(2)).join(" ")}`,
  );
  console.log(
    `  requests/s: ${median(rate).toFixed(2)} of the twin's${bar(median(rate) >= RATE_BAR, `>= ${RATE_BAR}`)}`,
  );
  const failures = [...mine, ...other].reduce((sum, sample) => sum + sample.failures, 0);
  if (failures > 0) console.log(`  ${failures} answers were not 200: the numbers mean nothing`);
}

async function measure(server: Measured, requests: readonly Buffer[]): Promise<Sample> {
  const before = await server.cpuMicroseconds();
  const load = await applyLoad(server.port, requests, SECONDS);
  const used = (await server.cpuMicroseconds()) - before;
  return { cpuMicroseconds: used / load.requests, perSecond: load.requests / load.seconds, failures: load.failures };
}

function get(path: string, key: string): Buffer {
  return Buffer.from(
    `GET ${path} HTTP/1.1\r\nHost: localhost:3000\r\nAuthorization: Bearer ${key}\r\nUser-Agent: bench/1.0\r\nAccept: application/json\r\n\r\n`,
  );
}

function toolCall(key: string): Buffer {
  const body = JSON.stringify({
    jsonrpc: "2.0",
    id: 1,
    method: "tools/call",
    params: { name: "pensyve_status", arguments: {} },
  });
  return Buffer.from(
    `POST /mcp HTTP/1.1\r\nHost: localhost:3000\r\nAuthorization: Bearer ${key}\r\nUser-Agent: bench/1.0\r\nAccept: application/json, text/event-stream\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/** What the twin has to write: the headers that Node does not add by itself, and the body. */
function parseAnswer(text: string): { headers: string[]; body: string } {
  const [head = "", body = ""] = text.split("\r\n\r\n");
  const own = new Set(["date", "connection", "keep-alive"]);
  const headers = head
    .split("\r\n")
    .slice(1)
    .map((line) => line.split(": "))
    .filter(([name = ""]) => !own.has(name.toLowerCase()))
    .flatMap(([name = "", ...value]) => [name, value.join(": ")]);
  return { headers, body };
}
