import { afterAll, beforeAll, expect, test } from "vitest";
import { db } from "#lib/db.ts";
import { withdrawGrant } from "#lib/grants/withdraw-grant.ts";
import { newId } from "#lib/ids.ts";
import { secretHash } from "#lib/oauth/secret-hash.ts";
import { askProcess, type ProcessAnswer } from "./ask-process.ts";
import { REDIRECT_URI, testAuthorizationServer, tokenClaims } from "./authorization-server.ts";
import { insertUser, testDatabase } from "./database.ts";
import { type RunningServer, startServer } from "./start-server.ts";

const AT_ONCE = 32;
const TRIALS = 10;
const database = testDatabase();
/** Gives consent; the processes under test share its database, address and SECRET. */
const server = testAuthorizationServer();
let processes: RunningServer[] = [];
let clientId = "";
let userId = "";

const start = (nodeArgs: string[] = []) =>
  startServer({
    nodeArgs,
    env: {
      DATABASE_URL: database.url(),
      PUBLIC_URL: server.url(),
      SECRET: server.environment().secret ?? "",
      RATE_LIMIT: "100000000",
      LOG_LEVEL: "warn",
    },
  });

beforeAll(async () => {
  clientId = (await server.register({ client_name: newId() })).json.client_id;
  userId = (await insertUser()).id;
  processes = await Promise.all([start(), start()]);
}, 120_000);
afterAll(async () => {
  await Promise.all(processes.map((each) => each.stop()));
}, 60_000);

const at = (index: number): RunningServer => processes[index % processes.length] as RunningServer;
const refreshAt = (process: RunningServer, refresh_token: string) =>
  askProcess(process.port, server.url(), "/oauth/token", {
    form: { grant_type: "refresh_token", client_id: clientId, refresh_token },
  });
const redeemAt = (process: RunningServer, code: string, code_verifier: string) =>
  askProcess(process.port, server.url(), "/oauth/token", {
    form: { grant_type: "authorization_code", client_id: clientId, redirect_uri: REDIRECT_URI, code, code_verifier },
  });
const takenAt = async (process: RunningServer, token: string) =>
  (await askProcess(process.port, server.url(), "/v1/me", { token })).status;
const childrenOf = (answers: ProcessAnswer[]) =>
  answers
    .filter(({ status }) => status === 200)
    .map(({ json }) => ({ refresh: String(json["refresh_token"]), access: String(json["access_token"]) }));
const invalidGrant = { status: 400, json: { error: "invalid_grant" } };
const consumedAgo = (token: string, seconds: number) => db().$executeRaw`
  UPDATE oauth_artifacts SET consumed_at = clock_timestamp() - make_interval(secs => ${seconds})
  WHERE model = 'RefreshToken' AND id_hash = ${secretHash(token)}`;

/** A grant of its own, since its client fails often here: a client that fails too often waits. */
async function connect() {
  clientId = (await server.register({ client_name: newId() })).json.client_id;
  return await server.connect(userId, { clientId });
}

test(`REF-02 attack 14: ${AT_ONCE} refreshes at once over two processes all succeed in the grace; the children are one family, and work everywhere`, async () => {
  for (let trial = 0; trial < TRIALS; trial += 1) {
    const { refresh_token, grantId } = await connect();
    const answers = await Promise.all(
      Array.from({ length: AT_ONCE }, (_, index) => refreshAt(at(index), refresh_token)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: AT_ONCE }, () => 200));
    const children = childrenOf(answers);
    expect(new Set(children.map(({ refresh }) => refresh)).size).toBe(AT_ONCE);
    expect(new Set(children.map(({ access }) => tokenClaims(access)["grant_id"]))).toEqual(new Set([grantId]));
    // Each at the process that did not make it.
    for (const [index, child] of children.entries()) {
      expect(await takenAt(at(index + 1), child.access)).toBe(200);
      expect((await refreshAt(at(index + 1), child.refresh)).status).toBe(200);
    }
    expect(await db().auditEvent.count({ where: { targetId: grantId, action: "refresh_token.reused" } })).toBe(0);
  }
}, 120_000);

test("REF-04 attack 14: of 100 refreshes at once over two processes 64 succeed, and the grant lives", async () => {
  const { refresh_token } = await connect();
  const answers = await Promise.all(Array.from({ length: 100 }, (_, index) => refreshAt(at(index), refresh_token)));
  const children = childrenOf(answers);
  expect(children).toHaveLength(64);
  for (const lost of answers.filter(({ status }) => status !== 200)) expect(lost).toMatchObject(invalidGrant);
  expect((await refreshAt(at(0), children[0]?.refresh ?? "")).status).toBe(200);
  expect(await takenAt(at(1), children[63]?.access ?? "")).toBe(200);
}, 60_000);

test("REF-03 attack 14: reuse after the grace at one process ends the family at the other, access tokens at once", async () => {
  for (let trial = 0; trial < TRIALS; trial += 1) {
    const { refresh_token, access_token, grantId } = await connect();
    const [child] = childrenOf([await refreshAt(at(trial), refresh_token)]);
    for (const index of [0, 1]) expect(await takenAt(at(index), access_token)).toBe(200);
    await consumedAgo(refresh_token, 61);
    expect(await refreshAt(at(trial + 1), refresh_token)).toMatchObject(invalidGrant);
    for (const index of [0, 1]) {
      expect(await takenAt(at(index), access_token)).toBe(401);
      expect(await takenAt(at(index), child?.access ?? "")).toBe(401);
      expect(await refreshAt(at(index), child?.refresh ?? "")).toMatchObject(invalidGrant);
    }
    expect(await db().auditEvent.count({ where: { targetId: grantId, action: "refresh_token.reused" } })).toBe(1);
  }
}, 120_000);

test("REF-03 attack 14: reuse at once over two processes, after the grace, is one end of the grant", async () => {
  const { refresh_token, access_token, grantId } = await connect();
  await refreshAt(at(0), refresh_token);
  await consumedAgo(refresh_token, 61);
  const answers = await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => refreshAt(at(index), refresh_token)));
  for (const answer of answers) expect(answer).toMatchObject(invalidGrant);
  for (const index of [0, 1]) expect(await takenAt(at(index), access_token)).toBe(401);
  expect(await db().auditEvent.count({ where: { targetId: grantId, action: "refresh_token.reused" } })).toBe(1);
}, 60_000);

test("REF-04: the grace is counted by PostgreSQL: a process whose clock is two minutes ahead honors it, and ends it when it ends", async () => {
  const ahead = `const D=Date;globalThis.Date=class extends D{constructor(...a){if(a.length)super(...a);else super(D.now()+120000)}static now(){return D.now()+120000}static UTC=D.UTC;static parse=D.parse}`;
  const wrong = await start(["--import", `data:text/javascript,${encodeURIComponent(ahead)}`]);
  try {
    const { refresh_token } = await connect();
    expect((await refreshAt(at(0), refresh_token)).status).toBe(200);
    expect((await refreshAt(wrong, refresh_token)).status).toBe(200);
    await consumedAgo(refresh_token, 59);
    expect((await refreshAt(wrong, refresh_token)).status).toBe(200);
    await consumedAgo(refresh_token, 61);
    expect(await refreshAt(wrong, refresh_token)).toMatchObject(invalidGrant);
  } finally {
    await wrong.stop();
  }
}, 120_000);

test("AUT-21 attack 13: of 50 redemptions of a code at once over two processes one succeeds; its tokens are refused everywhere afterwards", async () => {
  for (let trial = 0; trial < TRIALS; trial += 1) {
    clientId = (await server.register({ client_name: newId() })).json.client_id;
    const { code, verifier } = await server.authorize({ clientId, userId });
    const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => redeemAt(at(index), code, verifier)));
    const won = childrenOf(answers);
    expect(won).toHaveLength(1);
    for (const lost of answers.filter(({ status }) => status !== 200)) expect(lost).toMatchObject(invalidGrant);
    for (const index of [0, 1]) {
      expect(await takenAt(at(index), won[0]?.access ?? "")).toBe(401);
      expect(await refreshAt(at(index), won[0]?.refresh ?? "")).toMatchObject(invalidGrant);
    }
  }
}, 120_000);

test("attack 8 REF-11: what was withdrawn or reused is dead after kill -9 and restart of every process; what lives works", async () => {
  const [withdrawn, reused] = [await connect(), await connect()];
  await refreshAt(at(0), reused.refresh_token);
  await consumedAgo(reused.refresh_token, 61);
  expect(await refreshAt(at(0), reused.refresh_token)).toMatchObject(invalidGrant);
  await withdrawGrant({ kind: "user", userId, isAdministrator: false }, { grantId: withdrawn.grantId });
  const live = await connect();
  for (const each of processes) each.child.kill("SIGKILL");
  await Promise.all(processes.map((each) => each.stop()));
  processes = await Promise.all([start(), start()]);
  for (const each of processes) {
    for (const dead of [withdrawn, reused]) {
      clientId = dead.clientId;
      expect(await refreshAt(each, dead.refresh_token)).toMatchObject(invalidGrant);
      expect(await takenAt(each, dead.access_token)).toBe(401);
    }
    clientId = live.clientId;
    expect(await takenAt(each, live.access_token)).toBe(200);
    expect((await refreshAt(each, live.refresh_token)).status).toBe(200);
  }
}, 120_000);
