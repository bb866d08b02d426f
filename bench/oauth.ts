import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBenchDatabase } from "./database.ts";
import { freePort } from "./free-port.ts";
import { median } from "./median.ts";
import { CODES_PATH, type Code, REDIRECT_URI } from "./oauth-codes.ts";
import { hasTaskset, type Measured, pinSelf, startMeasured } from "./processes.ts";
import { sendAll } from "./send-all.ts";

/**
 * Measures code exchanges and refreshes against a bare oidc-provider that keeps everything in its own memory, in one run and in
 * turns. Nothing is asserted, everything is printed. Fewer codes a round than the twin's memory holds records (1,000).
 */
const CODES = 150;
const ROUNDS = Number(process.env["BENCH_ROUNDS"] ?? 7);
const WARM_UP_ROUNDS = 4;
const RATE_BAR = 0.5;

type Phase = "code exchange" | "refresh";
type Sample = { cpuMicroseconds: number; perSecond: number; failures: number };
type Samples = Record<Phase, Sample[]>;

const folder = await mkdtemp(join(tmpdir(), "pensyve-bench-"));
pinSelf();
const database = await startBenchDatabase(folder, 0);
const ours = await startMeasured(folder, "oauth-server", "bench/oauth-server.ts", await freePort(), {
  DATABASE_URL: database.url,
  SECRET: "a secret of thirty-two bytes or more, for the bench",
});
const twin = await startMeasured(folder, "oauth-twin", "bench/oauth-twin.ts", await freePort(), {});
try {
  await run();
} finally {
  await ours.stop();
  await twin.stop();
  await database.stop();
  if (process.argv.includes("--profile")) console.log(`Profiles are in ${folder}`);
  else await rm(folder, { recursive: true, force: true });
}

async function run(): Promise<void> {
  const pinned = hasTaskset
    ? "each server pinned to one core, PostgreSQL and the load to the other"
    : "taskset is absent: nothing is pinned";
  console.log(
    `\nOAuth: a public client with PKCE, JWTs signed with Ed25519, rotating refresh tokens; the twin keeps all of it in memory; ${pinned}; medians of ${ROUNDS} rounds of ${CODES}`,
  );
  const mine: Samples = { "code exchange": [], refresh: [] };
  const other: Samples = { "code exchange": [], refresh: [] };
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
    for (const [server, samples] of [
      [ours, mine],
      [twin, other],
    ] as const) {
      const { exchange, refresh } = await measureRound(server);
      if (round < 0) continue;
      samples["code exchange"].push(exchange);
      samples.refresh.push(refresh);
    }
  }
  for (const phase of ["code exchange", "refresh"] as const) print(phase, mine[phase], other[phase]);
}

async function measureRound(server: Measured): Promise<{ exchange: Sample; refresh: Sample }> {
  const codes = (await (await fetch(`http://localhost:${server.port}${CODES_PATH}${CODES}`)).json()) as Code[];
  const exchanged = await measure(server, codes.map(exchangeForm));
  const tokens = exchanged.bodies.map((body) => JSON.parse(body) as { refresh_token: string });
  const clientId = codes[0]?.clientId ?? "";
  const refreshed = await measure(
    server,
    tokens.map(({ refresh_token }) => form({ grant_type: "refresh_token", client_id: clientId, refresh_token })),
  );
  return { exchange: exchanged.sample, refresh: refreshed.sample };
}

async function measure(server: Measured, forms: readonly string[]): Promise<{ bodies: string[]; sample: Sample }> {
  const before = await server.cpuMicroseconds();
  const { bodies, failures, seconds } = await sendAll(`http://localhost:${server.port}/oauth/token`, forms);
  const used = (await server.cpuMicroseconds()) - before;
  return {
    bodies,
    sample: { cpuMicroseconds: used / forms.length, perSecond: forms.length / seconds, failures },
  };
}

function exchangeForm({ code, verifier, clientId }: Code): string {
  return form({
    grant_type: "authorization_code",
    client_id: clientId,
    redirect_uri: REDIRECT_URI,
    code,
    code_verifier: verifier,
  });
}

function form(fields: Readonly<Record<string, string>>): string {
  return new URLSearchParams(fields).toString();
}

function print(phase: Phase, mine: readonly Sample[], other: readonly Sample[]): void {
  const ratio = (of: keyof Sample): number[] =>
    mine.map((sample, round) => sample[of] / (other[round]?.[of] ?? Number.NaN));
  const shown = (samples: readonly Sample[]): string =>
    `${Math.round(median(samples.map((sample) => sample.perSecond)))}/s, ${Math.round(median(samples.map((sample) => sample.cpuMicroseconds)))} us CPU`;
  const rates = ratio("perSecond");
  const isMet = median(rates) >= RATE_BAR;
  console.log(`\n${phase}\n  server ${shown(mine)}; twin ${shown(other)}`);
  console.log(
    `  per second: ${median(rates).toFixed(2)} of the twin's (bar >= ${RATE_BAR}: ${isMet ? "met" : "NOT met"}); rounds ${rates.map((one) => one.toFixed(2)).join(" ")}`,
  );
  console.log(`  CPU: ${median(ratio("cpuMicroseconds")).toFixed(2)} times the twin's, PostgreSQL's not counted`);
  const failures = [...mine, ...other].reduce((sum, sample) => sum + sample.failures, 0);
  if (failures > 0) console.log(`  ${failures} answers were not 200: the numbers mean nothing`);
}
