import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import type { Actor } from "#lib/audit/actor.ts";
import { recordAudit } from "#lib/audit/record-audit.ts";
import { db, inTransaction } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { mailsSent } from "#lib/mail/send-mail.ts";
import { codeChallenge, cookieJar, REDIRECT_URI, testAuthorizationServer } from "#test/authorization-server.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { consentToken, isConsentToken } from "./consent-token.ts";
import { consentState } from "./interaction-of.ts";
import { allowConsent, denyConsent, pendingConsent } from "./interactions.ts";

testDatabase();
const server = testAuthorizationServer();
const VERIFIER = "a-verifier-of-at-least-forty-three-characters-no-less";
let actor: Actor;
let clientId: string;
beforeAll(async () => {
  actor = await person();
  clientId = (await server.register({ client_name: "Tab\u202e Keeper" })).json.client_id;
});

async function person(): Promise<Actor> {
  const { id } = await insertUser();
  return { kind: "user", userId: id, isAdministrator: false, address: "192.0.2.7", userAgent: "Test/1" };
}

/** A request of the client in a browser of its own, on its consent page. */
async function asked(scope?: string) {
  const browser = cookieJar();
  const query = new URLSearchParams({
    response_type: "code",
    client_id: clientId,
    redirect_uri: REDIRECT_URI,
    code_challenge: codeChallenge(VERIFIER),
    code_challenge_method: "S256",
    state: "state",
    resource: `${server.url()}/mcp`,
    ...(scope === undefined ? {} : { scope }),
  });
  const sent = await browser.get(`${server.url()}/oauth/authorize?${query}`);
  const uid = (sent.headers.get("location") ?? "").replace("/consent/", "");
  return { uid, cookies: browser.cookies(), browser };
}

/** What the app does after an answer: it takes its code, and gets its tokens. */
async function redeem(browser: ReturnType<typeof cookieJar>, returnTo: string): Promise<void> {
  const resumed = await browser.get(returnTo);
  const code = new URL(resumed.headers.get("location") ?? "").searchParams.get("code") ?? "";
  expect((await server.exchange(clientId, code, VERIFIER)).status).toBe(200);
}

const grantsOf = ({ userId }: Actor) => db().oAuthGrant.findMany({ where: { userId }, orderBy: { createdAt: "asc" } });
const actionsOf = async ({ userId }: Actor) =>
  (await db().auditEvent.findMany({ where: { userId }, orderBy: { occurredAt: "asc" } })).map(({ action }) => action);

test("AUT-14: the question says who asks, for what, where the answer goes and until when", async () => {
  const { uid, cookies } = await asked("mcp:read");
  const { client, scope, stepUp, endsAt } = await pendingConsent(actor, uid, cookies);
  expect(client).toMatchObject({ id: clientId, name: "Tab Keeper", trust: "unverified", redirectKind: "loopback" });
  expect([scope, stepUp]).toEqual(["mcp:read", undefined]);
  const minutes = (endsAt.getTime() - Date.now()) / 60_000;
  expect(minutes).toBeGreaterThan(55);
  expect(minutes).toBeLessThanOrEqual(60.1);
});

test("AUT-15 attack 21: of many answers at one moment one counts, and makes one grant", async () => {
  const user = await person();
  const { uid, cookies } = await asked();
  const answers = await Promise.allSettled([
    ...Array.from({ length: 6 }, () => allowConsent(user, uid, cookies, "mcp")),
    ...Array.from({ length: 3 }, () => denyConsent(uid, cookies)),
  ]);
  expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  for (const answer of answers) {
    if (answer.status === "rejected") expect(answer.reason).toMatchObject({ code: "interaction_answered" });
  }
  const grants = await grantsOf(user);
  expect(grants.length).toBeLessThanOrEqual(1);
  expect(await actionsOf(user)).toEqual(grants.map(() => "app.connected"));
  expect(await consentState(uid, cookies)).toBe("answered");
  await expect(allowConsent(user, uid, cookies, "mcp")).rejects.toMatchObject({ code: "interaction_answered" });
});

test("AUT-15: after Deny nothing can be allowed, and nothing was granted", async () => {
  const user = await person();
  const { uid, cookies } = await asked();
  await denyConsent(uid, cookies);
  await expect(allowConsent(user, uid, cookies, "mcp")).rejects.toMatchObject({ code: "interaction_answered" });
  expect(await grantsOf(user)).toEqual([]);
});

test("AUT-13 attack 17: more than was asked, nothing, or another browser's cookies grant nothing", async () => {
  const user = await person();
  const { uid, cookies } = await asked("mcp:read");
  for (const scope of ["mcp", "mcp:write", "mcp:read mcp:write", "", "admin", "mcp:reads"]) {
    await expect(allowConsent(user, uid, cookies, scope)).rejects.toMatchObject({ code: "invalid_input" });
  }
  const other = await asked();
  const broken = cookies.replace(/(pensyve-interaction\.sig=.)./, "$1_");
  for (const jar of ["", other.cookies, broken, cookies.replace(uid, other.uid)]) {
    await expect(allowConsent(user, uid, jar, "mcp:read")).rejects.toMatchObject({ code: "interaction_gone" });
    expect(await consentState(uid, jar)).toBe("elsewhere");
  }
  expect(await consentState("never-asked", cookies)).toBe("expired");
  await expect(allowConsent(user, other.uid, cookies, "mcp:read")).rejects.toMatchObject({ code: "interaction_gone" });
  expect(await grantsOf(user)).toEqual([]);
  expect(await consentState(uid, cookies)).toBe("open");
});

test("CIM-15 REF-14: each consent makes a grant of its own; one for more than before is recorded as such", async () => {
  const user = await person();
  for (const scope of ["mcp:read", "mcp:read", "mcp"]) {
    const { uid, cookies, browser } = await asked(scope);
    const { stepUp } = await pendingConsent(user, uid, cookies);
    // What can be allowed instead is less than what is asked, and no less than what there is.
    const more = { heldScope: "mcp:read", narrower: ["mcp:read mcp:write", "mcp:read"] };
    expect(stepUp).toEqual(scope === "mcp" ? more : undefined);
    await redeem(browser, await allowConsent(user, uid, cookies, scope));
  }
  const grants = await grantsOf(user);
  expect(grants.map(({ scope }) => scope)).toEqual(["mcp:read", "mcp:read", "mcp"]);
  expect(new Set(grants.map(({ id }) => id)).size).toBe(3);
  expect(await actionsOf(user)).toEqual(["app.connected", "app.connected", "app.widened"]);
  // Of another person nothing is held, whatever the client has elsewhere.
  const { uid, cookies } = await asked("mcp");
  expect((await pendingConsent(actor, uid, cookies)).stepUp).toBeUndefined();
});

test("REF-14: what the app never came for is nothing that it has: the next question is not one for more", async () => {
  const user = await person();
  const lost = await asked("mcp:read");
  await allowConsent(user, lost.uid, lost.cookies, "mcp:read");
  const { uid, cookies } = await asked("mcp");
  expect((await pendingConsent(user, uid, cookies)).stepUp).toBeUndefined();
  await allowConsent(user, uid, cookies, "mcp");
  expect(await actionsOf(user)).toEqual(["app.connected", "app.connected"]);
});

test("somebody who changes too much at once has to wait, and the request stays open", async () => {
  const user = await person();
  await inTransaction(async (tx) => {
    for (let index = 0; index < 60; index += 1) {
      const target = { type: "key", id: newId() } as const;
      await recordAudit(tx, user, { action: "key.renamed", target }, new Date());
    }
  });
  const { uid, cookies } = await asked();
  await expect(allowConsent(user, uid, cookies, "mcp")).rejects.toMatchObject({ code: "rate_limited" });
  expect(await grantsOf(user)).toEqual([]);
  expect(await consentState(uid, cookies)).toBe("open");
});

test("a mail that cannot be written keeps no consent from counting", async () => {
  const user = await person();
  await mailsSent();
  const folder = join(server.environment().dataDir, "mail");
  await rm(folder, { recursive: true });
  await writeFile(folder, "a file in the place of the folder");
  const { access_token } = await server.connect(user.userId);
  await mailsSent();
  expect(access_token).not.toBe("");
  expect(await grantsOf(user)).toHaveLength(1);
  await rm(folder);
});

test("AUT-15: the token of a form is of one session and one request", () => {
  const token = consentToken("session", "request");
  expect(isConsentToken(token, "session", "request")).toBe(true);
  for (const [session, request] of [
    ["another", "request"],
    ["session", "another"],
    ["session\nrequest", ""],
    ["", "session\nrequest"],
  ] as const) {
    expect(isConsentToken(token, session, request)).toBe(false);
  }
  for (const wrong of ["", token.slice(1), `${token}A`, token.toLowerCase(), "é".repeat(43)]) {
    expect(isConsentToken(wrong, "session", "request")).toBe(false);
  }
});

test("AUT-02 AUT-03: an error that cannot go back to the app is a page with its status, without a redirect", async () => {
  const address = (parameters: Record<string, string>) =>
    `${server.url()}/oauth/authorize?${new URLSearchParams({ response_type: "code", ...parameters })}`;
  for (const parameters of [
    { client_id: "gone", redirect_uri: REDIRECT_URI },
    { client_id: clientId, redirect_uri: "https://evil.example/" },
  ]) {
    const answer = await cookieJar().get(address(parameters));
    expect(answer.status).toBe(400);
    expect(answer.headers.get("location")).toBeNull();
    expect(answer.text).toBe("a page");
    expect(answer.headers.get("x-request-id")).toMatch(/^[\da-f-]{36}$/);
    const json = await fetch(address(parameters), { headers: { accept: "application/json" }, redirect: "manual" });
    expect(json.status).toBe(400);
    expect(await json.json()).toHaveProperty("error");
  }
});
