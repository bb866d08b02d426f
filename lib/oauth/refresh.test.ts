import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { db, inTransaction } from "#lib/db.ts";
import { env } from "#lib/env.ts";
import { withdrawGrant } from "#lib/grants/withdraw-grant.ts";
import { newId } from "#lib/ids.ts";
import { mailsSent } from "#lib/mail/send-mail.ts";
import { endSessions } from "#lib/sessions/end-session.ts";
import { startSession } from "#lib/sessions/start-session.ts";
import { disableUser } from "#lib/users/disable-user.ts";
import { testAuthorizationServer, tokenClaims } from "#test/authorization-server.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { sendRpc } from "#test/gateway.ts";
import { artifactAdapter } from "./artifact-adapter.ts";
import { currentProvider } from "./provider.ts";
import { CHILDREN_MAX, replaceUsed } from "./refresh-grace.ts";
import { secretHash } from "./secret-hash.ts";
import { refreshTokenSeconds, tokenLifetimes } from "./token-lifetimes.ts";

const DAY = 86_400;
testDatabase();
const server = testAuthorizationServer();
let clientId = "";
let userId = "";
let tokens: Awaited<ReturnType<typeof server.connect>>;

const register = async (metadata: Record<string, unknown> = {}) =>
  (await server.register({ client_name: newId(), ...metadata })).json;
beforeAll(async () => {
  userId = (await insertUser()).id;
});
beforeEach(async () => {
  clientId = (await register()).client_id;
  tokens = await server.connect(userId, { clientId });
});

const invalidGrant = { status: 400, json: { error: "invalid_grant" } };
const refresh = (token: string, more = {}) => server.refresh(clientId, token, more);
const isTaken = async (token: string) => (await sendRpc(server.url(), token, "tools/list")).status === 200;
const rowOf = (token: string) =>
  db().oAuthArtifact.findUnique({ where: { model_idHash: { model: "RefreshToken", idHash: secretHash(token) } } });
/** Moves the first use of a token into the past, as the clock of the database would. */
const consumedAgo = (token: string, seconds: number) => db().$executeRaw`
  UPDATE oauth_artifacts SET consumed_at = clock_timestamp() - make_interval(secs => ${seconds})
  WHERE model = 'RefreshToken' AND id_hash = ${secretHash(token)} AND consumed_at IS NOT NULL`;
/** Without a mail server they are files. */
async function sentMails(): Promise<string[]> {
  const folder = join(env().dataDir, "mail");
  return await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), "utf8")));
}
const reuses = (grantId: string) =>
  db().auditEvent.findMany({ where: { targetId: grantId, action: "refresh_token.reused" } });

describe("rotation", () => {
  test("REF-01: every use gives a new token and retires the old one, for public clients and those with a secret", async () => {
    const secret = await register({ token_endpoint_auth_method: "client_secret_post" });
    const withSecret = { client_secret: secret.client_secret ?? "" };
    const { code, verifier } = await server.authorize({ clientId: secret.client_id, userId });
    const first = (await server.exchange(secret.client_id, code, verifier, withSecret)).json;
    for (const [id, token, more] of [
      [clientId, tokens.refresh_token, {}],
      [secret.client_id, first.refresh_token, withSecret],
    ] as const) {
      const { json } = await server.refresh(id, token, more);
      expect(json.refresh_token).not.toBe(token);
      expect((await rowOf(token))?.consumedAt).toBeInstanceOf(Date);
      expect((await rowOf(json.refresh_token))?.consumedAt).toBeNull();
    }
  });

  test("REF-02 REF-05 attack 14 S09: 10 uses at once, and a retry when the answer was lost, all succeed, and every child works, in one grant", async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(tokens.refresh_token)));
    answers.push(await refresh(tokens.refresh_token));
    for (const { status, json } of answers) {
      expect(status).toBe(200);
      expect(tokenClaims(json.access_token)["grant_id"]).toBe(tokens.grantId);
      expect(await isTaken(json.access_token)).toBe(true);
      expect((await refresh(json.refresh_token)).status).toBe(200);
    }
    expect(new Set(answers.map(({ json }) => json.refresh_token)).size).toBe(11);
    expect(await reuses(tokens.grantId)).toEqual([]);
  });

  test("REF-03 REF-04 attack 14: after the grace it is reuse: invalid_grant, the whole family ends, one audit row, one mail to its owner", async () => {
    const child = (await refresh(tokens.refresh_token)).json;
    const grandchild = (await refresh(child.refresh_token)).json;
    expect(await isTaken(grandchild.access_token)).toBe(true);
    await consumedAgo(tokens.refresh_token, 59);
    expect((await refresh(tokens.refresh_token)).status).toBe(200);
    await consumedAgo(tokens.refresh_token, 61);
    expect(await refresh(tokens.refresh_token)).toMatchObject(invalidGrant);
    for (const dead of [tokens.refresh_token, child.refresh_token, grandchild.refresh_token]) {
      expect(await refresh(dead)).toMatchObject(invalidGrant);
    }
    for (const dead of [tokens.access_token, child.access_token, grandchild.access_token]) {
      expect(await isTaken(dead)).toBe(false);
    }
    const rows = await reuses(tokens.grantId);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      userId,
      actorKind: "system",
      actorId: null,
      address: "127.0.0.1",
      userAgent: "node",
    });
    const grant = await db().oAuthGrant.findUniqueOrThrow({ where: { id: tokens.grantId } });
    expect(grant.revokedBy).toBe("reuse");
    // Its owner is told, once.
    await mailsSent();
    const { email } = await db().user.findUniqueOrThrow({ where: { id: userId } });
    const mails = await sentMails();
    const told = mails.filter(
      (mail) => mail.includes(`To: ${email}`) && mail.replaceAll("=\r\n", "").includes("that was used up came again"),
    );
    expect(told).toHaveLength(1);
  });

  test("REF-04: the grace counts from the first use, whatever is done meanwhile with the token or its children", async () => {
    await refresh(tokens.refresh_token);
    await consumedAgo(tokens.refresh_token, 50);
    const before = (await rowOf(tokens.refresh_token))?.consumedAt;
    const child = (await refresh(tokens.refresh_token)).json;
    await refresh(child.refresh_token);
    expect((await rowOf(tokens.refresh_token))?.consumedAt).toEqual(before);
    await consumedAgo(tokens.refresh_token, 60);
    expect(await refresh(tokens.refresh_token)).toMatchObject(invalidGrant);
  });

  test("REF-03 attack 14: a grace that goes by between look and use is over: the grant ends", async () => {
    const adapter = artifactAdapter("RefreshToken", 60);
    await refresh(tokens.refresh_token);
    expect(await adapter.find(tokens.refresh_token)).not.toHaveProperty("consumed");
    await consumedAgo(tokens.refresh_token, 61);
    const idHash = secretHash(newId());
    const { grantId } = tokens;
    const child = { model: "RefreshToken", idHash, payload: {}, grantId, userCode: null, expiresAt: new Date() };
    await expect(replaceUsed(tokens.refresh_token, child, 60)).rejects.toMatchObject({ error: "invalid_grant" });
    expect(await db().oAuthArtifact.count({ where: { idHash } })).toBe(0);
    expect(await reuses(tokens.grantId)).toHaveLength(1);
    expect(await isTaken(tokens.access_token)).toBe(false);
  });

  test("REF-03: no answer leaves for a refresh token that was not written down as used", async () => {
    const save = vi.spyOn(currentProvider().RefreshToken.prototype, "save").mockResolvedValueOnce("psr_not-stored");
    const { status, text } = await refresh(tokens.refresh_token);
    expect(save).toHaveBeenCalledOnce();
    expect(status).toBe(500);
    expect(text).not.toContain("psr_");
    save.mockRestore();
    expect((await refresh(tokens.refresh_token)).status).toBe(200);
  });

  test("REF-04 attack 14: of 70 uses at once in the grace 64 get a child, the others invalid_grant, and the grant lives", async () => {
    expect(CHILDREN_MAX).toBe(64);
    const answers = await Promise.all(Array.from({ length: 70 }, () => refresh(tokens.refresh_token)));
    const won = answers.filter(({ status }) => status === 200);
    expect(won).toHaveLength(64);
    for (const lost of answers.filter(({ status }) => status !== 200)) expect(lost).toMatchObject(invalidGrant);
    expect(await rowOf(tokens.refresh_token)).toMatchObject({ children: 64 });
    expect(await refresh(tokens.refresh_token)).toMatchObject(invalidGrant);
    expect((await refresh(won[0]?.json.refresh_token ?? "")).status).toBe(200);
    expect(await isTaken(won[63]?.json.access_token ?? "")).toBe(true);
    expect(await reuses(tokens.grantId)).toEqual([]);
  });
});

describe("lifetimes", () => {
  test("REF-07: 30 days without use, 90 days in all", () => {
    const environment = { refreshTokenSeconds: 30 * DAY, accessTokenSeconds: 3_600 };
    const nowMs = 1_800_000_000_000;
    const now = nowMs / 1000;
    const after = (days: number) => refreshTokenSeconds(now - days * DAY, environment, nowMs) / DAY;
    expect([0, 29, 59, 60, 61, 75, 89].map(after)).toEqual([30, 30, 30, 30, 29, 15, 1]);
    expect(refreshTokenSeconds(undefined, environment, nowMs)).toBe(30 * DAY);
    expect(refreshTokenSeconds(now - 90 * DAY, environment, nowMs)).toBe(1);
    expect(tokenLifetimes(environment).Grant).toBeGreaterThanOrEqual(90 * DAY);
  });

  test("REF-07 S08: a refresh slides the end, at most to 90 days after the first token; unused for 30 days it is over", async () => {
    const endsIn = async (token: string) => ((await rowOf(token))?.expiresAt.getTime() ?? 0) - Date.now();
    const expectDays = async (token: string, days: number) => {
      expect(Math.abs((await endsIn(token)) / 1000 - days * DAY)).toBeLessThan(10);
    };
    await expectDays(tokens.refresh_token, 30);
    const setStart = (token: string, daysAgo: number) => db().$executeRaw`
      UPDATE oauth_artifacts SET payload = jsonb_set(payload, '{iiat}', to_jsonb(extract(epoch FROM now())::bigint - ${daysAgo * DAY}::bigint))
      WHERE model = 'RefreshToken' AND id_hash = ${secretHash(token)}`;
    await setStart(tokens.refresh_token, 50);
    const second = (await refresh(tokens.refresh_token)).json.refresh_token;
    await expectDays(second, 30);
    await setStart(second, 75);
    const third = (await refresh(second)).json.refresh_token;
    await expectDays(third, 15);
    const fourth = (await refresh(third)).json.refresh_token;
    await expectDays(fourth, 15);
    await db()
      .$executeRaw`UPDATE oauth_artifacts SET expires_at = now() WHERE model = 'RefreshToken' AND id_hash = ${secretHash(fourth)}`;
    expect(await refresh(fourth)).toMatchObject(invalidGrant);
  });

  test("REF-06 REF-13 S08: signing out of the dashboard, everywhere, cuts no connection", async () => {
    const actor = { kind: "user", userId, isAdministrator: false } as const;
    await inTransaction(async (tx) => {
      await startSession(tx, userId, {}, new Date());
      expect(await endSessions(tx, actor, { userId }, new Date())).toBe(1);
    });
    const { status, json } = await refresh(tokens.refresh_token);
    expect(status).toBe(200);
    expect(await isTaken(json.access_token)).toBe(true);
  });
});

describe("what ends it", () => {
  const administrator = { kind: "command_line", userId: "", isAdministrator: true } as const;

  test("REF-11: the user withdraws the app", async () => {
    await withdrawGrant({ kind: "user", userId, isAdministrator: false }, { grantId: tokens.grantId });
    expect(await refresh(tokens.refresh_token)).toMatchObject(invalidGrant);
  });

  test("REF-12: whether the user may is looked at anew at each refresh", async () => {
    const setDisabled = (disabledAt: Date | null) => db().user.update({ where: { id: userId }, data: { disabledAt } });
    await setDisabled(new Date());
    expect(await refresh(tokens.refresh_token)).toMatchObject(invalidGrant);
    expect((await rowOf(tokens.refresh_token))?.consumedAt).toBeNull();
    await setDisabled(null);
    expect((await refresh(tokens.refresh_token)).status).toBe(200);
  });

  test("REF-11: the user is disabled, or deleted", async () => {
    for (const end of [
      (id: string) => disableUser({ ...administrator, userId: id }, { userId: id }),
      (id: string) => db().user.delete({ where: { id } }),
    ]) {
      const user = await insertUser();
      const theirs = await server.connect(user.id, { clientId });
      await end(user.id);
      expect(await refresh(theirs.refresh_token)).toMatchObject(invalidGrant);
    }
  });

  test("REF-14: two installations are two families: the end of one is nothing to the other", async () => {
    const other = await server.connect(userId, { clientId });
    expect(other.grantId).not.toBe(tokens.grantId);
    await refresh(tokens.refresh_token);
    await consumedAgo(tokens.refresh_token, 100);
    expect(await refresh(tokens.refresh_token)).toMatchObject(invalidGrant);
    expect((await refresh(other.refresh_token)).status).toBe(200);
    expect(await isTaken(other.access_token)).toBe(true);
  });
});
