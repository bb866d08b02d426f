import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newId } from "#lib/ids.ts";
import { testAuthorizationServer } from "#test/authorization-server.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { sendRpc } from "#test/gateway.ts";
import { sweep } from "./sweep.ts";

const ROWS = 1_000_000;
const CYCLES = 3;
const ALIVE = 50_000;
/** How much larger than after the first cycle the table may be: pages that are half empty, not rows that stay. */
const MARGIN = 1.1;
const MINUTES = 60_000;

const database = testDatabase();
const server = testAuthorizationServer();
let client: pg.Client;
beforeAll(async () => {
  client = new pg.Client(database.config());
  await client.connect();
});
afterAll(() => client.end());

/** Refresh tokens whose expiry is spread evenly between two times, as they would be with users who come and go. */
async function insertTokens(count: number, from: string, to: string): Promise<void> {
  await client.query(
    `INSERT INTO oauth_artifacts (model, id_hash, payload, grant_id, expires_at, consumed_at, children)
     SELECT 'RefreshToken', sha256(gen_random_uuid()::text::bytea),
       jsonb_build_object('kind', 'RefreshToken', 'scope', 'mcp offline_access', 'clientId', gen_random_uuid(),
         'accountId', gen_random_uuid(), 'grantId', gen_random_uuid(), 'resource', 'http://localhost:3000/mcp'),
       gen_random_uuid(), now() + $2::interval + ($3::interval - $2::interval) * (n::float8 / $1), now(), 1
     FROM generate_series(1, $1::int) AS n`,
    [count, from, to],
  );
}

const number = async (query: string): Promise<number> => Number((await client.query(query)).rows[0].value);
/** Table, indexes and TOAST, after what autovacuum does sooner or later. */
async function size(): Promise<number> {
  await client.query("VACUUM oauth_artifacts");
  return await number("SELECT pg_total_relation_size('oauth_artifacts') AS value");
}

/** As often as another has the turn: the server's own sweeper may begin meanwhile. */
async function sweepUntilDone(): Promise<void> {
  while ((await sweep()).isElsewhere) await sleep(100);
}

/** All of it comes from one address, which may begin 2,000 authorizations at once and few afterwards, see request-bounds.ts. */
const CONNECTED_MAX = 1_800;

/**
 * One user after the other, two at a time, connects an app, uses and refreshes its tokens, until told to stop. When there are enough
 * apps, the last ones go on.
 */
function useServer(): { stop(): Promise<{ rounds: number; failures: string[] }> } {
  let stopped = false;
  const failures: string[] = [];
  let rounds = 0;
  const run = async () => {
    const clientId = (await server.register({ client_name: newId() })).json.client_id;
    let tokens: Awaited<ReturnType<typeof server.connect>> | undefined;
    while (!stopped) {
      try {
        if (!tokens || rounds < CONNECTED_MAX) tokens = await server.connect((await insertUser()).id, { clientId });
        for (let turn = 0; turn < 5; turn += 1) {
          const { status } = await sendRpc(server.url(), tokens.access_token, "tools/list");
          if (status !== 200) failures.push(`use: ${status}`);
          const refreshed = await server.refresh(clientId, tokens.refresh_token);
          if (refreshed.status !== 200) failures.push(`refresh: ${refreshed.status} ${refreshed.text}`);
          tokens = { ...tokens, ...refreshed.json };
        }
        rounds += 1;
      } catch (error) {
        failures.push(String(error));
      }
      await sleep(20);
    }
  };
  const running = Promise.all([run(), run()]);
  return {
    async stop() {
      stopped = true;
      await running;
      return { rounds, failures };
    },
  };
}

test("a million expired tokens, three times over, are swept beside live traffic: nothing fails, nothing alive is lost, and table and indexes do not grow", {
  timeout: 20 * MINUTES,
}, async () => {
  await insertTokens(ALIVE, "1 day", "30 days");
  const early = await server.connect((await insertUser()).id);
  const sizes: number[] = [];
  const traffic = useServer();
  for (let cycle = 0; cycle < CYCLES; cycle += 1) {
    await insertTokens(ROWS, "-1 day", "-5 minutes");
    const expired = "SELECT count(*) AS value FROM oauth_artifacts WHERE expires_at < now() - interval '6 minutes'";
    expect(await number(expired)).toBeGreaterThan(ROWS * 0.9);
    await Promise.all([sweepUntilDone(), sweepUntilDone()]);
    expect(await number(expired)).toBe(0);
    sizes.push(await size());
  }
  const { rounds, failures } = await traffic.stop();
  expect(new Set(failures)).toEqual(new Set());
  expect(rounds).toBeGreaterThan(CYCLES);
  const alive = "SELECT count(*) AS value FROM oauth_artifacts WHERE expires_at > now() + interval '1 hour'";
  expect(await number(alive)).toBeGreaterThanOrEqual(ALIVE);
  expect((await server.refresh(early.clientId, early.refresh_token)).status).toBe(200);
  const [after = 0, ...later] = sizes;
  for (const bytes of later) expect(bytes).toBeLessThan(after * MARGIN);
  // Rather than a claim about speed: what it looked like.
  process.stdout.write(`sizes after each cycle: ${sizes.join(", ")} bytes; ${rounds} rounds of use meanwhile\n`);
});
