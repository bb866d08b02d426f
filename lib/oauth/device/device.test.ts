import { randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import * as oauth from "oauth4webapi";
import { beforeEach, expect, test } from "vitest";
import { type Actor, OPERATOR } from "#lib/audit/actor.ts";
import { createClient } from "#lib/clients/create-client.ts";
import { db } from "#lib/db.ts";
import { listGrants } from "#lib/grants/list-grants.ts";
import { withdrawGrant } from "#lib/grants/withdraw-grant.ts";
import { newId } from "#lib/ids.ts";
import { mailsSent } from "#lib/mail/send-mail.ts";
import { sweep } from "#lib/sweep/sweep.ts";
import { testAuthorizationServer, tokenClaims } from "#test/authorization-server.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { sendRpc } from "#test/gateway.ts";
import { allowDevice, denyDevice, deviceState, type EnteredCode, enterDeviceCode } from "./device-approval.ts";
import { groupedCode, plainCode } from "./device-codes.ts";
import { isPolledTooFast } from "./device-polling.ts";

testDatabase();
const server = testAuthorizationServer();
const insecure = { [oauth.allowInsecureRequests]: true };
const GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code";
const MINUTE_MS = 60_000;

let clientId: string;
let actor: Actor;
beforeEach(async () => {
  clientId = (
    await createClient(OPERATOR, {
      name: "Terminal",
      redirectUris: ["http://127.0.0.1/callback"],
      isConfidential: false,
      isResourceServer: false,
    })
  ).id;
  actor = await newActor();
});

/** A person in a browser of their own, at an address of their own. */
async function newActor(): Promise<Actor> {
  const user = await insertUser();
  const address = `2001:db8:${Math.floor(Math.random() * 65_535).toString(16)}:${randomUUID().slice(0, 4)}::1`;
  return { kind: "user", userId: user.id, isAdministrator: false, sessionId: newId(), address, userAgent: "Test" };
}

type DeviceAnswer = { device_code: string; user_code: string; [name: string]: unknown };

async function ask(form: Record<string, string> = {}): Promise<DeviceAnswer> {
  const answer = await server.post("/oauth/device", { client_id: clientId, ...form });
  expect(answer.status, answer.text).toBe(200);
  return answer.json as DeviceAnswer;
}

/** One request of a device. Not throttled: what came before is forgotten, unless `isHasty`. */
async function poll(deviceCode: string, { isHasty = false, client = clientId } = {}) {
  if (!isHasty)
    await db().$executeRaw`UPDATE oauth_artifacts SET payload = payload - 'polledAt' WHERE model = 'DeviceCode'`;
  return await server.post("/oauth/token", { grant_type: GRANT_TYPE, client_id: client, device_code: deviceCode });
}

const grantOf = (json: Record<string, unknown>): string =>
  String(tokenClaims(String(json["access_token"]))["grant_id"]);
const allow = (by: Actor, entered: EnteredCode, scope: string) => allowDevice(by, { ...entered, scope }, new Date());

async function expireNow(): Promise<void> {
  const past = Math.floor(Date.now() / 1_000) - 1;
  await db().$executeRaw`
    UPDATE oauth_artifacts SET expires_at = to_timestamp(${past}), payload = jsonb_set(payload, '{exp}', to_jsonb(${past}::int))
    WHERE model = 'DeviceCode'`;
}

test("DEV-01 DEV-02: a strict device goes from its code to tokens that the gateway takes, and refreshes them", async () => {
  const issuer = new URL(server.url());
  const discovered = await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...insecure });
  const as = await oauth.processDiscoveryResponse(issuer, discovered);
  expect(as.device_authorization_endpoint).toBe(`${server.url()}/oauth/device`);
  expect(as.grant_types_supported).toContain(GRANT_TYPE);
  const client: oauth.Client = { client_id: clientId };
  const asked = await oauth.deviceAuthorizationRequest(as, client, oauth.None(), { scope: "mcp" }, insecure);
  const device = await oauth.processDeviceAuthorizationResponse(as, client, asked);
  expect(device).toMatchObject({
    verification_uri: `${server.url()}/device`,
    verification_uri_complete: `${server.url()}/device?user_code=${device.user_code}`,
    expires_in: 600,
    interval: 5,
  });
  const request = () => oauth.deviceCodeGrantRequest(as, client, oauth.None(), device.device_code, insecure);
  await expect(oauth.processDeviceCodeResponse(as, client, await request())).rejects.toMatchObject({
    error: "authorization_pending",
  });
  const entered = await enterDeviceCode(actor, device.user_code);
  await allow(actor, entered, "mcp:read");
  const tokens = await oauth.processDeviceCodeResponse(as, client, await request());
  expect(tokens).toMatchObject({ token_type: "bearer", expires_in: 3600, scope: "mcp:read" });
  expect(tokenClaims(tokens.access_token)).toMatchObject({
    aud: `${server.url()}/mcp`,
    sub: actor.userId,
    client_id: clientId,
    scope: "mcp:read",
  });
  expect((await sendRpc(server.url(), tokens.access_token, "tools/list")).status).toBe(200);
  const renewed = await oauth.refreshTokenGrantRequest(as, client, oauth.None(), tokens.refresh_token ?? "", insecure);
  const refreshed = await oauth.processRefreshTokenResponse(as, client, renewed);
  expect((await sendRpc(server.url(), refreshed.access_token, "tools/list")).status).toBe(200);
  // One grant as every other: in the list of apps, in the activity, and withdrawn at once.
  const grant = await db().oAuthGrant.findFirstOrThrow({ where: { userId: actor.userId } });
  expect(grant).toMatchObject({ clientId, clientName: "Terminal", trust: "server", scope: "mcp:read" });
  const audit = await db().auditEvent.findMany({ where: { userId: actor.userId, targetId: grant.id } });
  expect(audit.map(({ action }) => action)).toEqual(["app.connected"]);
  await withdrawGrant(actor, { grantId: grant.id });
  expect((await sendRpc(server.url(), refreshed.access_token, "tools/list")).status).toBe(401);
  expect((await server.refresh(clientId, refreshed.refresh_token ?? "")).json).toMatchObject({
    error: "invalid_grant",
  });
});

test("DEV-01: without scope and resource a device asks for the default of both, as a browser does", async () => {
  const { user_code, device_code } = await ask();
  const state = await deviceState(actor, await enterDeviceCode(actor, user_code));
  expect(state).toMatchObject({ state: "open", device: { scope: "mcp", code: user_code, address: "127.0.0.1" } });
  await allow(actor, await enterDeviceCode(actor, user_code), "mcp");
  const { json } = await poll(device_code);
  expect(tokenClaims(String(json["access_token"]))).toMatchObject({ aud: `${server.url()}/mcp`, scope: "mcp" });
  const other = await server.post("/oauth/device", { client_id: clientId, resource: "https://other.example/mcp" });
  expect([other.status, other.json["error"]]).toEqual([400, "invalid_target"]);
});

test("DEV-01: an id token says who allowed it; when that person signed in is kept with the code", async () => {
  const { user_code, device_code } = await ask({ scope: "openid mcp:read" });
  const signedInAt = new Date(Date.now() - 5 * MINUTE_MS);
  await allowDevice(actor, { ...(await enterDeviceCode(actor, user_code)), scope: "mcp:read" }, signedInAt);
  const { json } = await poll(device_code);
  expect(tokenClaims(String(json["id_token"]))).toMatchObject({ sub: actor.userId, aud: clientId });
  const { payload } = await db().oAuthArtifact.findFirstOrThrow({
    where: { grantId: grantOf(json), model: "DeviceCode" },
  });
  expect(payload).toMatchObject({ authTime: Math.floor(signedInAt.getTime() / 1_000) });
});

test("DEV-02: authorization_pending, and slow_down for a device that does not wait, at any process", async () => {
  const { device_code } = await ask();
  expect((await poll(device_code)).json).toMatchObject({ error: "authorization_pending" });
  const hasty = await poll(device_code, { isHasty: true });
  expect([hasty.status, hasty.json["error"]]).toEqual([400, "slow_down"]);
  expect(hasty.headers.get("access-control-allow-origin")).toBe("*");
  // Of many at once, one counts.
  await db().$executeRaw`UPDATE oauth_artifacts SET payload = payload - 'polledAt' WHERE model = 'DeviceCode'`;
  const many = await Promise.all(Array.from({ length: 10 }, () => isPolledTooFast(device_code)));
  expect(many.filter((isTooFast) => !isTooFast)).toHaveLength(1);
  // Four seconds ago is soon enough: requests may be held up on the way.
  await db().$executeRaw`
    UPDATE oauth_artifacts SET payload = payload || jsonb_build_object('polledAt', ${Date.now() - 4_100}::bigint)
    WHERE model = 'DeviceCode'`;
  expect((await poll(device_code, { isHasty: true })).json).toMatchObject({ error: "authorization_pending" });
});

test("DEV-02: access_denied after a denial, expired_token after ten minutes, tokens once", async () => {
  const denied = await ask();
  await denyDevice(actor, await enterDeviceCode(actor, denied.user_code));
  expect((await poll(denied.device_code)).json).toMatchObject({ error: "access_denied" });

  const expired = await ask();
  await expireNow();
  expect((await poll(expired.device_code)).json).toMatchObject({ error: "expired_token" });
  await expect(enterDeviceCode(actor, expired.user_code)).rejects.toMatchObject({ code: "device_code_wrong" });

  const allowed = await ask();
  await allow(actor, await enterDeviceCode(actor, allowed.user_code), "mcp");
  // An answer is given at once, however soon it is asked for.
  await poll(allowed.device_code, { isHasty: true }).then(({ status }) => expect(status).toBe(200));
  expect((await poll(allowed.device_code)).json).toMatchObject({ error: "invalid_grant" });
  expect((await poll("never-given")).json).toMatchObject({ error: "invalid_grant" });
});

test("DEV-02: a device code that comes again after its tokens ends them at once, and its owner can read why", async () => {
  const { user_code, device_code } = await ask();
  await allow(actor, await enterDeviceCode(actor, user_code), "mcp");
  const { json } = await poll(device_code);
  const accessToken = String(json["access_token"]);
  expect((await sendRpc(server.url(), accessToken, "tools/list")).status).toBe(200);
  expect((await poll(device_code)).json).toMatchObject({ error: "invalid_grant" });
  expect((await sendRpc(server.url(), accessToken, "tools/list")).status).toBe(401);
  const refreshed = await server.refresh(clientId, String(json["refresh_token"]));
  expect(refreshed.json).toMatchObject({ error: "invalid_grant" });
  expect(await listGrants(actor)).toEqual([]);
  const rows = await db().auditEvent.findMany({ where: { targetId: grantOf(json) }, orderBy: { id: "asc" } });
  expect(rows.map(({ action }) => action)).toEqual(["app.connected", "refresh_token.reused"]);
});

test("DEV-02: another client gets nothing for a device code", async () => {
  const { user_code, device_code } = await ask();
  await allow(actor, await enterDeviceCode(actor, user_code), "mcp");
  const other = await createClient(OPERATOR, {
    name: "Other",
    redirectUris: ["http://127.0.0.1/callback"],
    isConfidential: false,
    isResourceServer: false,
  });
  expect((await poll(device_code, { client: other.id })).json).toMatchObject({ error: "invalid_grant" });
  expect((await poll(device_code)).status).toBe(200);
});

test("DEV-03: codes are eight consonants in two groups, and any spelling finds them", async () => {
  const codes = await Promise.all(Array.from({ length: 20 }, () => ask()));
  for (const { user_code } of codes) expect(user_code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
  const [{ user_code }] = codes as [DeviceAnswer];
  for (const typed of [user_code.toLowerCase(), user_code.replace("-", " "), ` ${user_code.replace("-", "")} `]) {
    expect((await enterDeviceCode(actor, typed)).code).toBe(user_code);
  }
  // Nothing of the code is stored as it is typed but in the record of the device, whose own code is only a hash.
  const row = await db().oAuthArtifact.findFirstOrThrow({ where: { model: "DeviceCode" } });
  expect(JSON.stringify(row.payload)).not.toContain(codes[0]?.device_code);
});

test("DEV-03: whatever is typed, a code is letters alone, and grouping loses nothing", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (typed) => {
      const plain = plainCode(typed);
      expect(plain).toMatch(/^[A-Z]*$/);
      expect(plainCode(plain)).toBe(plain);
      expect(plainCode(groupedCode(plain.slice(0, 8)).toLowerCase())).toBe(plain.slice(0, 8));
    }),
  );
});

test("DEV-03 attack 18: after five wrong codes entry pauses for ten minutes, for a right code and another session too", async () => {
  const { user_code } = await ask();
  const now = new Date();
  for (let wrong = 0; wrong < 5; wrong += 1) {
    await expect(enterDeviceCode(actor, "BCDF-GHJK", now)).rejects.toMatchObject({ code: "device_code_wrong" });
  }
  const paused = { code: "device_entry_paused", status: 429, details: { minutes: 10 } };
  await expect(enterDeviceCode(actor, user_code, now)).rejects.toMatchObject(paused);
  await expect(enterDeviceCode({ ...actor, sessionId: newId() }, user_code, now)).rejects.toMatchObject(paused);
  // Others are not held up, and the pause ends by itself.
  expect((await enterDeviceCode(await newActor(), user_code, now)).code).toBe(user_code);
  await db().$executeRaw`UPDATE oauth_artifacts SET expires_at = now() + interval '1 hour' WHERE model = 'DeviceCode'`;
  const later = new Date(now.getTime() + 10 * MINUTE_MS);
  expect((await enterDeviceCode(actor, user_code, later)).code).toBe(user_code);
});

test("DEV-03: a hundred tries at once are five; right codes do not clear the count", async () => {
  const tries = await Promise.allSettled(Array.from({ length: 30 }, () => enterDeviceCode(actor, "BCDF-GHJK")));
  const codes = tries.map((one) => (one.status === "rejected" ? one.reason.code : "right"));
  expect(codes.filter((code) => code === "device_code_wrong")).toHaveLength(5);
  expect(codes.filter((code) => code === "device_entry_paused")).toHaveLength(25);

  const other = await newActor();
  const { user_code } = await ask();
  for (let wrong = 0; wrong < 4; wrong += 1) await enterDeviceCode(other, "BCDF-GHJK").catch(() => undefined);
  for (let right = 0; right < 3; right += 1) await enterDeviceCode(other, user_code);
  await expect(enterDeviceCode(other, "BCDF-GHJK")).rejects.toMatchObject({ code: "device_code_wrong" });
  await expect(enterDeviceCode(other, user_code)).rejects.toMatchObject({ code: "device_entry_paused" });
});

test("DEV-03: twenty wrong codes from one address pause it for everybody there", async () => {
  const { user_code } = await ask();
  for (let person = 0; person < 5; person += 1) {
    const other = { ...(await newActor()), address: "198.51.100.24" };
    for (let wrong = 0; wrong < 4; wrong += 1) await enterDeviceCode(other, "BCDF-GHJK").catch(() => undefined);
  }
  const last = { ...(await newActor()), address: "198.51.100.24" };
  await expect(enterDeviceCode(last, user_code)).rejects.toMatchObject({ code: "device_entry_paused" });
  expect((await enterDeviceCode(actor, user_code)).code).toBe(user_code);
});

test("attack 18: only the session that entered a code can see, allow or deny it", async () => {
  const { user_code, device_code } = await ask();
  const entered = await enterDeviceCode(actor, user_code);
  const strangers = [await newActor(), { ...actor, sessionId: newId() }];
  const forged = { code: user_code, token: entered.token.replace(/^./, (first) => (first === "A" ? "B" : "A")) };
  for (const [by, with_] of [...strangers.map((one) => [one, entered] as const), [actor, forged] as const]) {
    expect(await deviceState(by, with_)).toEqual({ state: "gone" });
    await expect(allow(by, with_, "mcp")).rejects.toMatchObject({ code: "foreign_form" });
    await expect(denyDevice(by, with_)).rejects.toMatchObject({ code: "foreign_form" });
  }
  expect((await poll(device_code)).json).toMatchObject({ error: "authorization_pending" });
  // The token of one code is not that of another.
  const other = await ask();
  await expect(allow(actor, { ...entered, code: other.user_code }, "mcp")).rejects.toMatchObject({
    code: "foreign_form",
  });
  await allow(actor, entered, "mcp");
  expect(await deviceState(actor, entered)).toEqual({ state: "allowed" });
  expect(await deviceState(await newActor(), entered)).toEqual({ state: "gone" });
  expect((await poll(device_code)).status).toBe(200);
});

test("attack 18: a code takes one answer; of many at once, one counts and one grant is made", async () => {
  const { user_code, device_code } = await ask();
  const entered = await enterDeviceCode(actor, user_code);
  const answers = await Promise.allSettled([
    ...Array.from({ length: 5 }, () => allow(actor, entered, "mcp")),
    ...Array.from({ length: 5 }, () => denyDevice(actor, entered)),
  ]);
  expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  for (const one of answers) if (one.status === "rejected") expect(one.reason.code).toBe("interaction_answered");
  const isAllowed = answers.slice(0, 5).some(({ status }) => status === "fulfilled");
  expect(await db().oAuthGrant.count({ where: { userId: actor.userId } })).toBe(isAllowed ? 1 : 0);
  expect((await poll(device_code)).status).toBe(isAllowed ? 200 : 400);
  await expect(enterDeviceCode(await newActor(), user_code)).rejects.toMatchObject({ code: "device_code_wrong" });
});

test("DEV-04: more than was asked is refused, and a code that expires meanwhile leaves no grant", async () => {
  const { user_code } = await ask({ scope: "mcp:read" });
  const entered = await enterDeviceCode(actor, user_code);
  for (const scope of ["mcp", "mcp:write", "", "admin"]) {
    await expect(allow(actor, entered, scope)).rejects.toMatchObject({ code: "invalid_input" });
  }
  const before = new Date();
  await expireNow();
  // The page was shown in time by this process's clock; the database's decides.
  await expect(allowDevice(actor, { ...entered, scope: "mcp:read" }, before, new Date(0))).rejects.toMatchObject({
    code: "device_code_wrong",
  });
  expect(await db().oAuthGrant.count({ where: { userId: actor.userId, revokedAt: null } })).toBe(0);
});

test("DEV-05: a client that registers itself gets no device grant, whatever it asks for", async () => {
  const grantTypes = [GRANT_TYPE, "authorization_code", "refresh_token"];
  const { status, json } = await server.register({ grant_types: grantTypes });
  expect([status, (json as Record<string, unknown>)["grant_types"]]).toEqual([
    201,
    ["authorization_code", "refresh_token"],
  ]);
  const refused = await server.post("/oauth/device", { client_id: json.client_id });
  expect([refused.status, refused.json["error"]]).toEqual([400, "unauthorized_client"]);
  // Nor by a row that says otherwise, such as one made while the operator allowed it.
  const metadata = {
    redirect_uris: ["http://127.0.0.1/callback"],
    token_endpoint_auth_method: "none",
    grant_types: grantTypes,
  };
  await db().oAuthClient.create({ data: { id: "psc_stored", kind: "registered", metadata } });
  expect((await server.post("/oauth/device", { client_id: "psc_stored" })).status).toBe(400);
});

test("DEV-05: a client that names the device grant alone is refused, and a stored one cannot use it", async () => {
  const only = { grant_types: [GRANT_TYPE], response_types: [], redirect_uris: [] };
  const refused = await server.register({ ...only, token_endpoint_auth_method: "none" });
  expect([refused.status, refused.json]).toEqual([400, expect.objectContaining({ error: "invalid_client_metadata" })]);
  expect(refused.text).toContain("authorization_code");
  const { json: made } = await server.register({ token_endpoint_auth_method: "client_secret_basic" });
  const changed = await fetch(`${server.url()}/oauth/register/${made.client_id}`, {
    method: "PUT",
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${(made as Record<string, unknown>)["registration_access_token"]}`,
    },
    body: JSON.stringify({ ...only, client_id: made.client_id }),
  });
  expect([changed.status, (await changed.json()).error]).toEqual([400, "invalid_client_metadata"]);
  const metadata = { ...only, token_endpoint_auth_method: "none" };
  await db().oAuthClient.create({ data: { id: "psc_device_alone", kind: "registered", metadata } });
  const asked = await server.post("/oauth/device", { client_id: "psc_device_alone" });
  expect([asked.status, asked.json["device_code"]]).toEqual([400, undefined]);
  const poll = { grant_type: GRANT_TYPE, client_id: "psc_device_alone", device_code: "a" };
  expect((await server.post("/oauth/token", poll)).status).toBe(400);
});

test("DEV-04: an allowed device is among the apps once it has come for its tokens; one that never does is swept", async () => {
  const lost = await newActor();
  await allow(lost, await enterDeviceCode(lost, (await ask()).user_code), "mcp");
  const device = await ask();
  await allow(actor, await enterDeviceCode(actor, device.user_code), "mcp");
  expect([await listGrants(lost), await listGrants(actor)]).toEqual([[], []]);
  const { json } = await poll(device.device_code);
  expect(await listGrants(actor)).toMatchObject([{ id: grantOf(json), clientName: "Terminal" }]);
  await sweep({ now: new Date(Date.now() + 7_200_000) });
  expect(await db().oAuthGrant.count({ where: { userId: lost.userId } })).toBe(0);
  expect(await listGrants(actor)).toHaveLength(1);
});

test("DEV-04: who allows a device gets a mail, once, as after every other consent; a denied one sends none", async () => {
  const mailOf = async ({ userId }: Actor): Promise<string[]> => {
    await mailsSent();
    const { email } = await db().user.findUniqueOrThrow({ where: { id: userId } });
    const folder = join(server.environment().dataDir, "mail");
    const names = await readdir(folder).catch(() => []);
    const mails = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
    return mails.filter((mail) => mail.includes(`To: ${email}`));
  };
  const entered = await enterDeviceCode(actor, (await ask()).user_code);
  await allow(actor, entered, "mcp:read");
  await expect(allow(actor, entered, "mcp:read")).rejects.toMatchObject({ code: "interaction_answered" });
  const mails = await mailOf(actor);
  expect(mails).toHaveLength(1);
  expect(mails[0]).toContain("Terminal can now read your memories");
  const other = await newActor();
  await denyDevice(other, await enterDeviceCode(other, (await ask()).user_code));
  expect(await mailOf(other)).toEqual([]);
});

test("TOK-07: the device endpoint answers programs of any page in JSON, and POST alone", async () => {
  const preflight = await fetch(`${server.url()}/oauth/device`, { method: "OPTIONS" });
  expect([preflight.status, preflight.headers.get("access-control-allow-origin")]).toEqual([204, "*"]);
  const get = await fetch(`${server.url()}/oauth/device`);
  expect([get.status, get.headers.get("allow"), (await get.json()).error]).toEqual([
    405,
    "POST, OPTIONS",
    "method_not_allowed",
  ]);
  const unknown = await server.post(
    "/oauth/device",
    { client_id: "nobody" },
    { accept: "text/html", origin: "https://a.example" },
  );
  expect([unknown.status, unknown.json["error"]]).toEqual([401, "invalid_client"]);
  expect(unknown.headers.get("content-type")).toMatch(/^application\/json/);
  expect(unknown.headers.get("access-control-allow-origin")).toBe("*");
  const large = await server.post("/oauth/device", { client_id: "x".repeat(60_000) });
  expect([large.status, large.json["error"]]).toEqual([413, "invalid_request"]);
});
