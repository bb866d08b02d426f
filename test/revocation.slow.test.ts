import { afterAll, beforeAll, expect, test } from "vitest";
import type { Actor } from "#lib/audit/actor.ts";
import { closeAcknowledgements } from "#lib/events/acknowledgements.ts";
import { createKey } from "#lib/keys/create-key.ts";
import { revokeKey } from "#lib/keys/revoke-key.ts";
import { rotateKey } from "#lib/keys/rotate-key.ts";
import { insertUser, testDatabase } from "./database.ts";
import { credentialFromAnywhere, hammer } from "./hammer.ts";
import { type RunningServer, startServer } from "./start-server.ts";

const CONNECTIONS = 16;
const METRICS_TOKEN = "only for this test";
const database = testDatabase();
let gateways: RunningServer[] = [];
let owner: Actor;

const startGateway = () =>
  startServer({
    env: {
      SERVE: "gateway",
      DATABASE_URL: database.url(),
      RATE_LIMIT: "100000000",
      LOG_LEVEL: "warn",
      TRUST_PROXY: "1",
      METRICS_TOKEN,
    },
  });
const pid = (gateway: RunningServer) => gateway.child.pid ?? 0;

beforeAll(async () => {
  owner = { kind: "command_line", userId: (await insertUser()).id, isAdministrator: false };
  gateways = await Promise.all([startGateway(), startGateway()]);
});
afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.stop()));
  await closeAcknowledgements();
});

const create = () => createKey(owner, { name: "trial", scope: "mcp", expiry: { kind: "never" } });
const status = async (gateway: RunningServer, key: string) =>
  (await fetch(`${gateway.url}/v1/me`, { headers: credentialFromAnywhere(key) })).status;

async function cacheHits(gateway: RunningServer): Promise<number> {
  const text = await (
    await fetch(`${gateway.url}/metrics`, { headers: { authorization: `Bearer ${METRICS_TOKEN}` } })
  ).text();
  return Number(/^pensyve_key_cache_hits_total (\d+)/m.exec(text)?.[1] ?? Number.NaN);
}

/** Shows that each gateway answers this key from its cache. */
async function warm(key: string): Promise<void> {
  for (const gateway of gateways) {
    expect(await status(gateway, key)).toBe(200);
    const before = await cacheHits(gateway);
    expect(await status(gateway, key)).toBe(200);
    expect(await cacheHits(gateway)).toBeGreaterThan(before);
  }
}

test.each([
  [1_000, "revoked", (keyId: string) => revokeKey(owner, { keyId })],
  [200, "rotated without grace", (keyId: string) => rotateKey(owner, { keyId, gracePeriodSeconds: 0 })],
] as const)(
  "KEY-10: %i keys, each warm on two gateways under 32 connections, then %s: no request sent after the answer is accepted",
  async (trials, _name, end) => {
    let key = (await create()).plaintext;
    const load = gateways.map((gateway) => hammer(gateway.url, CONNECTIONS, () => key));
    const waits: number[] = [];
    let sentAfter = 0;
    for (let trial = 0; trial < trials; trial += 1) {
      const created = await create();
      key = created.plaintext;
      await warm(key);
      const { receipt } = await end(created.key.id);
      const answeredAt = performance.now();
      expect(receipt).toMatchObject({ acknowledged: 2, of: 2 });
      waits.push(receipt.milliseconds);
      // Until every connection has asked again with the ended key.
      await expect
        .poll(() => load.every(({ answeredSince }) => answeredSince(answeredAt) >= CONNECTIONS), {
          interval: 2,
          timeout: 20_000,
        })
        .toBe(true);
      for (const { answers } of load) {
        const late = answers.filter((answer) => answer.sentAt > answeredAt);
        sentAfter += late.length;
        expect(late.filter((answer) => answer.status !== 401)).toEqual([]);
        answers.length = 0;
      }
    }
    await Promise.all(load.map((one) => one.stop()));
    waits.sort((a, b) => a - b);
    const [median, most] = [waits[Math.floor(waits.length / 2)], waits.at(-1)];
    process.stdout.write(
      `${trials} trials: ${sentAfter} requests sent after the answer, none accepted; refused everywhere after ${median?.toFixed(1)} ms (median), ${most?.toFixed(1)} ms (most)\n`,
    );
  },
  900_000,
);

test("a gateway that is stopped for longer than the wait: the act says so, and nothing is accepted when it goes on", async () => {
  const [running, stopped] = gateways as [RunningServer, RunningServer];
  const created = await create();
  await warm(created.plaintext);
  process.kill(pid(stopped), "SIGSTOP");
  const { receipt } = await revokeKey(owner, { keyId: created.key.id });
  expect(receipt).toMatchObject({ acknowledged: 1, of: 2 });
  expect(receipt.silent[0]?.gateway).toContain(String(pid(stopped)));
  expect(await status(running, created.plaintext)).toBe(401);
  const waiting = Array.from({ length: 32 }, () => status(stopped, created.plaintext));
  process.kill(pid(stopped), "SIGCONT");
  expect(new Set(await Promise.all(waiting))).toEqual(new Set([401]));
  expect(await status(stopped, created.plaintext)).toBe(401);
}, 60_000);

test("a gateway that is stopped briefly: the act waits for it, and nothing is accepted after its answer", async () => {
  const [, stopped] = gateways as [RunningServer, RunningServer];
  await expect.poll(async () => (await fetch(`${stopped.url}/ready`)).status, { timeout: 20_000 }).toBe(200);
  const created = await create();
  await warm(created.plaintext);
  process.kill(pid(stopped), "SIGSTOP");
  const resume = setTimeout(() => process.kill(pid(stopped), "SIGCONT"), 1_500);
  const { receipt } = await revokeKey(owner, { keyId: created.key.id });
  clearTimeout(resume);
  expect(receipt).toMatchObject({ acknowledged: 2, of: 2 });
  expect(receipt.milliseconds).toBeGreaterThan(1_000);
  expect(await status(stopped, created.plaintext)).toBe(401);
}, 60_000);

test("attack 8: a revoked key is dead after kill -9 and restart of every gateway; a live one works", async () => {
  const [dead, live] = [await create(), await create()];
  await warm(dead.plaintext);
  await revokeKey(owner, { keyId: dead.key.id });
  for (const gateway of gateways) gateway.child.kill("SIGKILL");
  await Promise.all(gateways.map((gateway) => gateway.stop()));
  gateways = await Promise.all([startGateway(), startGateway()]);
  for (const gateway of gateways) {
    expect(await status(gateway, dead.plaintext)).toBe(401);
    expect(await status(gateway, live.plaintext)).toBe(200);
  }
}, 60_000);
