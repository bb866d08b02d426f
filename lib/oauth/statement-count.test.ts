import { afterAll, beforeAll, expect, test } from "vitest";
import type { Actor } from "#lib/audit/actor.ts";
import { connectDatabase, disconnectDatabase, inTransaction } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { findSession } from "#lib/sessions/find-session.ts";
import { startSession } from "#lib/sessions/start-session.ts";
import { cookieJar, REDIRECT_URI, testAuthorizationServer } from "#test/authorization-server.ts";
import { authorizeForm } from "#test/authorize-request.ts";
import { countStatements, type StatementCounter } from "#test/count-statements.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { consentState } from "./consent/interaction-of.ts";
import { allowConsent, answeredRedirectKind, pendingConsent } from "./consent/interactions.ts";

const database = testDatabase();
let counter: StatementCounter;
beforeAll(async () => {
  counter = await countStatements(database.config());
  await disconnectDatabase();
  // What listens and beats in the background keeps its own connections, past the counter.
  connectDatabase({ ...counter.config, max: 8 }, database.config());
});
afterAll(async () => {
  await counter.close();
});
const server = testAuthorizationServer();
let clientId = "";
let userId = "";
beforeAll(async () => {
  clientId = (await server.register({ client_name: newId() })).json.client_id;
  userId = (await insertUser()).id;
});

/** Never more than `most`, whatever the gateway writes meanwhile: its lines would be among them, so the fewest of three runs count. */
async function expectAtMost(most: number, work: () => Promise<void>): Promise<void> {
  const runs: string[][] = [];
  for (let run = 0; run < 3; run += 1) runs.push((await counter.during(work)).statements);
  const [fewest = []] = runs.sort((a, b) => a.length - b.length);
  expect(fewest.length, `\n${fewest.join("\n")}\n`).toBeLessThanOrEqual(most);
  // The counter sees what there must be: a read and a write at the least.
  expect(fewest.length).toBeGreaterThan(1);
}

test("one authorization, from the request to the code, costs at most 30 statements: the page's session look-ups included", async () => {
  const { token } = await inTransaction((tx) => startSession(tx, userId, {}, new Date()));
  const actor: Actor = { kind: "user", userId, isAdministrator: false };
  await expectAtMost(30, async () => {
    const browser = cookieJar();
    const begun = await browser.get(`${server.url()}/oauth/authorize?${authorizeForm(server.url(), clientId)}`);
    const uid = (begun.headers.get("location") ?? "").slice("/consent/".length);
    // What stands before the page, the page, and what answers its form.
    expect(await consentState(uid, browser.cookies())).toBe("open");
    expect(await findSession(token)).toBeDefined();
    await pendingConsent(actor, uid, browser.cookies());
    expect(await findSession(token)).toBeDefined();
    const returnTo = await allowConsent(actor, uid, browser.cookies(), "mcp");
    expect(await answeredRedirectKind(uid, browser.cookies())).toBe("loopback");
    const resumed = await browser.get(returnTo);
    expect(new URL(resumed.headers.get("location") ?? "").searchParams.get("code")).toMatch(/./);
  });
});

test("an exchange of a code costs at most 10 statements", async () => {
  const codes: { code: string; verifier: string }[] = [];
  for (let made = 0; made < 3; made += 1) codes.push(await server.authorize({ clientId, userId }));
  await expectAtMost(10, async () => {
    const { code = "", verifier = "" } = codes.pop() ?? {};
    expect((await server.exchange(clientId, code, verifier, { redirect_uri: REDIRECT_URI })).status).toBe(200);
  });
});

test("a refresh costs at most 10 statements", async () => {
  let { refresh_token: token } = await server.connect(userId, { clientId });
  await expectAtMost(10, async () => {
    const { status, json } = await server.refresh(clientId, token);
    expect(status).toBe(200);
    token = json.refresh_token;
  });
});
