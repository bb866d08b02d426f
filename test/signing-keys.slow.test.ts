import { decodeProtectedHeader } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { OPERATOR } from "#lib/audit/actor.ts";
import { db, inTransaction } from "#lib/db.ts";
import { publish } from "#lib/events.ts";
import { rotateSigningKey } from "#lib/oauth/signing/rotate-signing-key.ts";
import { type Tokens, testAuthorizationServer } from "./authorization-server.ts";
import { insertUser, testDatabase } from "./database.ts";
import { freePort } from "./free-port.ts";
import { type RunningServer, startServer } from "./start-server.ts";

const CLIENTS = 8;
const ROTATIONS = 12;
const SOON = { timeout: 20_000 };
const database = testDatabase();
/** The third process of the deployment, in this one; the load goes to the two others. */
const server = testAuthorizationServer();
let processes: RunningServer[] = [];
const clients: (Tokens & { clientId: string })[] = [];

beforeAll(async () => {
  processes = await Promise.all([startAnother(), startAnother()]);
  const users = await Promise.all(Array.from({ length: CLIENTS }, () => insertUser()));
  const clientId = (await server.register()).json.client_id;
  for (const user of users) clients.push(await server.connect(user.id, { clientId }));
}, 120_000);
afterAll(async () => {
  await Promise.all(processes.map((one) => one.stop()));
});

async function startAnother(): Promise<RunningServer> {
  const port = await freePort();
  return await startServer({
    port,
    env: {
      DATABASE_URL: database.url(),
      SECRET: server.environment().secret ?? "",
      PUBLIC_URL: server.url(),
      API_URL: `http://localhost:${port}`,
      RATE_LIMIT: "1000000",
      LOG_LEVEL: "warn",
    },
  });
}

const kidOf = (token: string): string => decodeProtectedHeader(token).kid ?? "";
const me = async (origin: string, token: string): Promise<number> =>
  (await fetch(`${origin}/v1/me`, { headers: { authorization: `Bearer ${token}` } })).status;
async function refresh(origin: string, client: (typeof clients)[number]): Promise<{ status: number; text: string }> {
  const body = new URLSearchParams({
    grant_type: "refresh_token",
    client_id: client.clientId,
    refresh_token: client.refresh_token,
  });
  const response = await fetch(`${origin}/oauth/token`, { method: "POST", body });
  const text = await response.text();
  if (response.status === 200) Object.assign(client, JSON.parse(text));
  return { status: response.status, text };
}
/** Brings the time to sign of a new key, which is five minutes away. */
async function letSign(kid: string): Promise<void> {
  await db().signingKey.update({ where: { kid }, data: { signsFrom: new Date() } });
  await inTransaction((tx) => publish(tx, { type: "signing_key.changed", userId: null, subjectId: kid }));
}

test("JWT-12 ASM-16 attack 26: keys rotate under load at two processes, whose connections break too, and no request fails", async () => {
  const failures: string[] = [];
  const tokenOf = new Map<string, string>();
  let requests = 0;
  let isOver = false;
  const worker = async (client: (typeof clients)[number], index: number): Promise<void> => {
    for (let turn = index; !isOver; turn += 1) {
      const here = processes[turn % 2]?.url ?? "";
      const there = processes[(turn + 1) % 2]?.url ?? "";
      const { status, text } = await refresh(here, client);
      requests += 1;
      if (status !== 200) failures.push(`refresh ${status} ${text}`);
      tokenOf.set(kidOf(client.access_token), client.access_token);
      for (const origin of [there, here]) {
        requests += 1;
        const answer = await me(origin, client.access_token);
        if (answer !== 200) failures.push(`me ${answer} with ${kidOf(client.access_token)}`);
      }
    }
  };
  const load = clients.map(worker);
  for (let rotation = 1; rotation <= ROTATIONS; rotation += 1) {
    const { kid, receipt } = await rotateSigningKey(OPERATOR, { environment: server.environment() });
    expect(receipt).toMatchObject({ acknowledged: 3, of: 3 });
    if (rotation % 2 === 0) {
      await db().$executeRaw`
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name LIKE 'pensyve-auth signs %'`;
    }
    const before = new Set(tokenOf.keys());
    expect(before).not.toContain(kid);
    await letSign(kid);
    await expect.poll(() => tokenOf.has(kid), SOON).toBe(true);
    // Every process follows: from some moment on, nothing is signed with another.
    const inUse = () => new Set(clients.map(({ access_token }) => kidOf(access_token)));
    await expect.poll(inUse, SOON).toEqual(new Set([kid]));
  }
  isOver = true;
  await Promise.all(load);
  expect(failures).toEqual([]);
  expect(tokenOf.size).toBe(ROTATIONS + 1);
  for (const token of tokenOf.values()) {
    for (const { url } of processes) expect(await me(url, token)).toBe(200);
  }
  process.stdout.write(`${ROTATIONS} rotations, ${requests} requests at two processes, none failed\n`);
}, 180_000);

test("attack 26: an immediate rotation answers when every process signs with the new key and refuses all others", async () => {
  const leaked = clients.map(({ access_token }) => access_token);
  for (const token of leaked) for (const { url } of processes) expect(await me(url, token)).toBe(200);
  const options = { environment: server.environment(), immediately: true } as const;
  const { kid, receipt, signers } = await rotateSigningKey(OPERATOR, options);
  expect(receipt).toMatchObject({ acknowledged: 3, of: 3 });
  expect(signers).toEqual({ renewed: 3, of: 3 });
  for (const token of leaked) for (const { url } of processes) expect(await me(url, token)).toBe(401);
  for (const [index, client] of clients.entries()) {
    expect(await refresh(processes[index % 2]?.url ?? "", client)).toMatchObject({ status: 200 });
    expect(kidOf(client.access_token)).toBe(kid);
    for (const { url } of processes) expect(await me(url, client.access_token)).toBe(200);
  }
}, 60_000);
