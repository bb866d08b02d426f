import { afterAll, beforeAll, expect, test } from "vitest";
import { type Actor, commandLineActor } from "#lib/audit/actor.ts";
import type { Receipt } from "#lib/events/receipt.ts";
import { withdrawGrant } from "#lib/grants/withdraw-grant.ts";
import { disableUser } from "#lib/users/disable-user.ts";
import { testAuthorizationServer } from "./authorization-server.ts";
import { insertUser, testDatabase } from "./database.ts";
import { freePort } from "./free-port.ts";
import { credentialFromAnywhere, hammer } from "./hammer.ts";
import { type RunningServer, startServer } from "./start-server.ts";

const CONNECTIONS = 16;
const METRICS_TOKEN = "only for this test";
/** Fewer while one works on it. */
const TRIALS = Number(process.env["WITHDRAWAL_TRIALS"] ?? 1_000);
const REFRESHES = 10;
const database = testDatabase();
/** Issues every token, by consent and code; its own gateway is a third that has to acknowledge. */
const issuer = testAuthorizationServer();
let gateways: RunningServer[] = [];

async function startGateway(): Promise<RunningServer> {
  const port = await freePort();
  const { publicUrl, audience } = issuer.environment();
  return await startServer({
    port,
    env: {
      SERVE: "gateway",
      DATABASE_URL: database.url(),
      PUBLIC_URL: publicUrl,
      API_URL: `http://localhost:${port}`,
      AUDIENCE: audience,
      RATE_LIMIT: "100000000",
      LOG_LEVEL: "warn",
      TRUST_PROXY: "1",
      METRICS_TOKEN,
    },
  });
}
const pid = (gateway: RunningServer) => gateway.child.pid ?? 0;

beforeAll(async () => {
  gateways = await Promise.all([startGateway(), startGateway()]);
});
afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.stop()));
});

/** An app of a person of its own. */
async function connect() {
  const { id: userId } = await insertUser();
  const owner: Actor = { kind: "user", userId, isAdministrator: false };
  return { owner, ...(await issuer.connect(userId, { clientId: "pensyve-claude-code" })) };
}
type Connected = Awaited<ReturnType<typeof connect>>;
const withdraw = ({ owner, grantId }: Connected) => withdrawGrant(owner, { grantId });

const status = async (gateway: RunningServer, token: string) =>
  (await fetch(`${gateway.url}/v1/me`, { headers: credentialFromAnywhere(token) })).status;

async function cacheHits(gateway: RunningServer): Promise<number> {
  const text = await (
    await fetch(`${gateway.url}/metrics`, { headers: { authorization: `Bearer ${METRICS_TOKEN}` } })
  ).text();
  return Number(/^pensyve_token_cache_hits_total (\d+)/m.exec(text)?.[1] ?? Number.NaN);
}

/** Shows that each gateway answers this access token from its cache. */
async function warm(token: string): Promise<void> {
  for (const gateway of gateways) {
    expect(await status(gateway, token)).toBe(200);
    const before = await cacheHits(gateway);
    expect(await status(gateway, token)).toBe(200);
    expect(await cacheHits(gateway)).toBeGreaterThan(before);
  }
}

async function expectNoRefresh({ clientId, refresh_token }: Connected): Promise<void> {
  const refreshed = await issuer.refresh(clientId, refresh_token);
  expect([refreshed.status, refreshed.json]).toEqual([400, expect.objectContaining({ error: "invalid_grant" })]);
}

test.each<[number, string, (connected: Connected) => Promise<{ receipt: Receipt }>]>([
  [TRIALS, "withdrawn", withdraw],
  [
    Math.ceil(TRIALS / 10),
    "gone with its person's account, which is disabled",
    ({ owner }) => disableUser(commandLineActor(owner.userId), owner),
  ],
])(
  "REF-11: %i apps, each token warm on two gateways under 32 connections, then %s: no request sent after the answer is accepted",
  async (trials, _name, end) => {
    // All before the load begins, which would slow the walks down and not what is tested.
    const apps: Connected[] = [];
    while (apps.length < trials) apps.push(await connect());
    let token = (await connect()).access_token;
    const load = gateways.map((gateway) => hammer(gateway.url, CONNECTIONS, () => token));
    const waits: number[] = [];
    let sentAfter = 0;
    for (const connected of apps) {
      token = connected.access_token;
      await warm(token);
      const { receipt } = await end(connected);
      const answeredAt = performance.now();
      expect(receipt).toMatchObject({ acknowledged: 3, of: 3 });
      waits.push(receipt.milliseconds);
      // Until every connection has asked again with the ended token.
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
    // Of some only: whoever fails too often at the token endpoint has to wait.
    for (const connected of apps.slice(0, REFRESHES)) await expectNoRefresh(connected);
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
  const connected = await connect();
  await warm(connected.access_token);
  process.kill(pid(stopped), "SIGSTOP");
  const { receipt } = await withdraw(connected);
  expect(receipt).toMatchObject({ acknowledged: 2, of: 3 });
  expect(receipt.silent[0]?.gateway).toContain(String(pid(stopped)));
  expect(await status(running, connected.access_token)).toBe(401);
  const waiting = Array.from({ length: 32 }, () => status(stopped, connected.access_token));
  process.kill(pid(stopped), "SIGCONT");
  expect(new Set(await Promise.all(waiting))).toEqual(new Set([401]));
  expect(await status(stopped, connected.access_token)).toBe(401);
}, 60_000);

test("attack 8: a withdrawn app is dead after kill -9 and restart of every gateway; another goes on", async () => {
  const [dead, live] = [await connect(), await connect()];
  await expect.poll(async () => (await fetch(`${gateways[1]?.url}/ready`)).status, { timeout: 20_000 }).toBe(200);
  await warm(dead.access_token);
  await withdraw(dead);
  for (const gateway of gateways) gateway.child.kill("SIGKILL");
  await Promise.all(gateways.map((gateway) => gateway.stop()));
  gateways = await Promise.all([startGateway(), startGateway()]);
  for (const gateway of gateways) {
    expect(await status(gateway, dead.access_token)).toBe(401);
    expect(await status(gateway, live.access_token)).toBe(200);
  }
  await expectNoRefresh(dead);
  expect((await issuer.refresh(live.clientId, live.refresh_token)).status).toBe(200);
}, 60_000);
