import { beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "#lib/audit/actor.ts";
import { db, inTransaction } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { sweep } from "#lib/sweep/sweep.ts";
import { changePassword } from "#lib/users/change-password.ts";
import { createUser } from "#lib/users/create-user.ts";
import { disableUser, enableUser } from "#lib/users/disable-user.ts";
import { testAuthorizationServer } from "#test/authorization-server.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { endGrants } from "./end-grant.ts";
import { listGrants } from "./list-grants.ts";
import { listWithdrawn } from "./list-withdrawn.ts";
import { withdrawAll } from "./withdraw-all.ts";
import { withdrawGrant } from "./withdraw-grant.ts";
import { withdrawProduct } from "./withdraw-product.ts";

testDatabase();
const server = testAuthorizationServer();
const OPERATOR: Actor = { kind: "command_line", userId: newId(), isAdministrator: true };
let user: Actor;

const personOf = (userId: string): Actor => ({ kind: "user", userId, isAdministrator: false, address: "192.0.2.9" });
beforeAll(async () => {
  user = personOf((await insertUser()).id);
});
const me = async (accessToken: string): Promise<number> =>
  (await fetch(`${server.url()}/v1/me`, { headers: { authorization: `Bearer ${accessToken}` } })).status;
/** A client of this server's own, so that each test has its installations and no registration. */
const CLIENT = "pensyve-claude-code";
const connect = (userId: string) => server.connect(userId, { clientId: CLIENT });
type Connected = Awaited<ReturnType<typeof server.connect>>;
async function expectEnded({ access_token, refresh_token, clientId }: Connected): Promise<void> {
  expect(await me(access_token)).toBe(401);
  const refreshed = await server.refresh(clientId, refresh_token);
  expect(refreshed.status).toBe(400);
  expect(refreshed.json).toMatchObject({ error: "invalid_grant" });
}
async function expectAlive({ access_token, refresh_token, clientId }: Connected): Promise<void> {
  expect(await me(access_token)).toBe(200);
  expect((await server.refresh(clientId, refresh_token)).status).toBe(200);
}
const actions = async (targetId: string): Promise<string[]> =>
  (await db().auditEvent.findMany({ where: { targetId }, orderBy: { id: "asc" } })).map(({ action }) => action);

describe("withdrawing", () => {
  test("REF-11 REF-14: a withdrawn installation: access token 401 when it answers, next refresh 400 invalid_grant; another of the same client goes on", async () => {
    const [withdrawn, other] = [await connect(user.userId), await connect(user.userId)];
    expect(await me(withdrawn.access_token)).toBe(200);
    const { receipt } = await withdrawGrant(user, { grantId: withdrawn.grantId });
    expect(receipt).toMatchObject({ acknowledged: 1, of: 1 });
    await expectEnded(withdrawn);
    await expectAlive(other);
    expect(await db().oAuthArtifact.count({ where: { grantId: withdrawn.grantId } })).toBe(0);
    expect(await actions(withdrawn.grantId)).toEqual(["app.connected", "app.withdrawn"]);
    expect((await listGrants(user)).map(({ id }) => id)).toEqual([other.grantId]);
    // What the gateways answered stays with it.
    const { milliseconds } = receipt;
    const kept = { acknowledged: 1, of: 1, milliseconds, silent: [] };
    expect(await listWithdrawn(user)).toMatchObject([{ id: withdrawn.grantId, revokedBy: "user", receipt: kept }]);
  });

  test("a code that was not exchanged yet is dead too", async () => {
    const { code, verifier } = await server.authorize({ clientId: CLIENT, userId: user.userId });
    await withdrawAll(user);
    const { status, json } = await server.exchange(CLIENT, code, verifier);
    expect([status, json]).toEqual([400, expect.objectContaining({ error: "invalid_grant" })]);
  });

  test("twice: the second time there is no such app, and no second row", async () => {
    const { grantId } = await connect(user.userId);
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => withdrawGrant(user, { grantId })));
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const result of results) {
      if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "grant_not_found", status: 404 });
    }
    expect(await actions(grantId)).toEqual(["app.connected", "app.withdrawn"]);
  });

  test("attack 10: another person's grant id is 404 for every act, and nothing changed", async () => {
    const owner = await insertUser();
    const connected = await connect(owner.id);
    for (const act of [withdrawGrant, withdrawProduct]) {
      await expect(act(user, { grantId: connected.grantId })).rejects.toMatchObject({
        code: "grant_not_found",
        status: 404,
      });
      await expect(act(user, { grantId: newId() })).rejects.toMatchObject({ code: "grant_not_found" });
    }
    await connect(user.userId);
    await withdrawAll(user);
    await expectAlive(connected);
    expect(await actions(connected.grantId)).toEqual(["app.connected"]);
    expect(await listGrants(user)).toEqual([]);
  });

  test("one product: all its installations in one act, with one receipt; other products and other people's stay", async () => {
    const person = personOf((await insertUser()).id);
    const stranger = await insertUser();
    const register = async (name: string, port: number) =>
      (
        await server.register({
          client_name: name,
          redirect_uris: ["http://127.0.0.1/callback", `http://localhost:${port}/x`],
        })
      ).json.client_id;
    // Registered anew for each installation, as several clients do: one product all the same.
    const [first, second] = [await register("Helper", 1), await register("Helper", 2)];
    expect(first).not.toBe(second);
    const mine = [
      await server.connect(person.userId, { clientId: first }),
      await server.connect(person.userId, { clientId: first }),
      await server.connect(person.userId, { clientId: second }),
    ];
    const other = await server.connect(person.userId, { clientId: await register("Something else", 3) });
    const theirs = await server.connect(stranger.id, { clientId: first });
    const { withdrawn, receipt } = await withdrawProduct(person, { grantId: mine[1]?.grantId ?? "" });
    expect(withdrawn).toBe(3);
    expect(receipt).toMatchObject({ acknowledged: 1, of: 1 });
    for (const each of mine) await expectEnded(each);
    await expectAlive(other);
    await expectAlive(theirs);
    for (const { grantId } of mine) expect(await actions(grantId)).toEqual(["app.connected", "app.withdrawn"]);
  });

  test("an app that calls itself like one of this server's is not withdrawn with it", async () => {
    const person = personOf((await insertUser()).id);
    const known = await server.connect(person.userId, { clientId: "pensyve-claude-code" });
    const { client_id: clientId } = (await server.register({ client_name: "Pensyve for Claude Code" })).json;
    const lookAlike = await server.connect(person.userId, { clientId });
    expect((await withdrawProduct(person, { grantId: known.grantId })).withdrawn).toBe(1);
    await expectEnded(known);
    await expectAlive(lookAlike);
  });

  test("GLO-02: all apps in one act; keys and sessions are another matter", async () => {
    const person = personOf((await insertUser()).id);
    const all = [await connect(person.userId), await connect(person.userId)];
    expect((await withdrawAll(person)).withdrawn).toBe(2);
    for (const each of all) await expectEnded(each);
    await expect(withdrawAll(person)).rejects.toMatchObject({ code: "grant_not_found" });
  });

  test("is bounded per person, like other acts", async () => {
    const person = personOf((await insertUser()).id);
    const { grantId } = await connect(person.userId);
    const row = { userId: person.userId, actorKind: "user", action: "key.renamed", occurredAt: new Date() };
    await db().auditEvent.createMany({ data: Array.from({ length: 60 }, () => ({ id: newId(), ...row })) });
    for (const act of [() => withdrawGrant(person, { grantId }), () => withdrawAll(person)]) {
      await expect(act()).rejects.toMatchObject({
        code: "rate_limited",
        details: { retryAfterSeconds: expect.any(Number) },
      });
    }
    expect(await listGrants(person)).toHaveLength(1);
  });

  test("ending a grant again changes nothing: no row, no event", async () => {
    const { grantId } = await connect(user.userId);
    const end = () => inTransaction((tx) => endGrants(tx, [grantId, newId()], "client", undefined, new Date()));
    expect([await end(), await end()]).toEqual([1, 0]);
    expect(await actions(grantId)).toEqual(["app.connected", "app.withdrawn"]);
    expect(await db().credentialEvent.count({ where: { subjectId: grantId } })).toBe(1);
  });
});

test("a grant that expired is shown no more", async () => {
  const person = personOf((await insertUser()).id);
  const { grantId } = await connect(person.userId);
  expect(await listGrants(person)).toHaveLength(1);
  await db().oAuthGrant.update({ where: { id: grantId }, data: { expiresAt: new Date(Date.now() - 1) } });
  expect(await listGrants(person)).toEqual([]);
  expect(await listWithdrawn(person)).toEqual([]);
});

describe("a consent whose code nobody redeems", () => {
  const HOURS = 3_600_000;
  const isThere = async (person: Actor) => (await db().oAuthGrant.count({ where: { userId: person.userId } })) > 0;

  test("is no app: not shown, and gone after two hours, without an event; one that is redeemed stays", async () => {
    const [lost, kept] = [personOf((await insertUser()).id), personOf((await insertUser()).id)];
    await server.authorize({ clientId: CLIENT, userId: lost.userId });
    const { code, verifier } = await server.authorize({ clientId: CLIENT, userId: kept.userId });
    expect([await listGrants(lost), await listGrants(kept)]).toEqual([[], []]);
    expect((await server.exchange(CLIENT, code, verifier)).status).toBe(200);
    expect([await listGrants(lost), await listGrants(kept)]).toEqual([
      [],
      [expect.objectContaining({ clientId: CLIENT })],
    ]);
    const events = await db().credentialEvent.count();
    await sweep({ now: new Date(Date.now() + 1.9 * HOURS) });
    expect([await isThere(lost), await isThere(kept)]).toEqual([true, true]);
    await sweep({ now: new Date(Date.now() + 2 * HOURS) });
    expect([await isThere(lost), await isThere(kept)]).toEqual([false, true]);
    expect(await db().credentialEvent.count()).toBe(events);
    expect(await listGrants(kept)).toHaveLength(1);
  });

  test("a wrong verifier redeems nothing, the right one after it does", async () => {
    const person = personOf((await insertUser()).id);
    const { code, verifier } = await server.authorize({ clientId: CLIENT, userId: person.userId });
    expect((await server.exchange(CLIENT, code, "x".repeat(43))).status).toBe(400);
    expect(await listGrants(person)).toEqual([]);
    expect((await server.exchange(CLIENT, code, verifier)).status).toBe(200);
    expect(await listGrants(person)).toHaveLength(1);
  });

  test("GLO-02: all apps in one act is that one too, so that its code is dead; it is not shown as withdrawn either", async () => {
    const person = personOf((await insertUser()).id);
    const { code, verifier } = await server.authorize({ clientId: CLIENT, userId: person.userId });
    expect((await withdrawAll(person)).withdrawn).toBe(1);
    expect((await server.exchange(CLIENT, code, verifier)).status).toBe(400);
    expect(await db().oAuthGrant.count({ where: { userId: person.userId, revokedAt: null } })).toBe(0);
    expect(await listWithdrawn(person)).toEqual([]);
  });
});

describe("what happens to the account", () => {
  test("REF-11: disabled: apps end at once, and stay ended when the account is enabled again", async () => {
    const owner = await insertUser();
    const connected = await connect(owner.id);
    expect(await me(connected.access_token)).toBe(200);
    const { endedApps, receipt } = await disableUser(OPERATOR, { userId: owner.id });
    expect(endedApps).toBe(1);
    expect(receipt).toMatchObject({ acknowledged: 1, of: 1 });
    await expectEnded(connected);
    await enableUser(OPERATOR, { userId: owner.id });
    await expectEnded(connected);
    const rows = await db().auditEvent.findMany({ where: { targetId: connected.grantId, action: "app.withdrawn" } });
    expect(rows).toMatchObject([{ userId: owner.id, actorKind: "command_line", details: { end: "user_disabled" } }]);
  });

  test("REF-11: a grant that was made while the account was being disabled is refused, and does not come back", async () => {
    const owner = await insertUser();
    const connected = await connect(owner.id);
    await disableUser(OPERATOR, { userId: owner.id });
    // As if the consent had been committed right after.
    await db().oAuthGrant.update({ where: { id: connected.grantId }, data: { revokedAt: null, revokedBy: null } });
    expect(await me(connected.access_token)).toBe(401);
    await enableUser(OPERATOR, { userId: owner.id });
    expect(await me(connected.access_token)).toBe(401);
  });

  test("another administrator disables: the row on the person's page does not say that they did it", async () => {
    const owner = await insertUser();
    const { grantId } = await connect(owner.id);
    const administrator: Actor = {
      ...personOf((await insertUser({ isAdministrator: true })).id),
      isAdministrator: true,
    };
    await disableUser(administrator, { userId: owner.id });
    const rows = await db().auditEvent.findMany({ where: { targetId: grantId, action: "app.withdrawn" } });
    expect(rows).toMatchObject([{ userId: owner.id, actorKind: "system", address: null }]);
  });

  test("REF-11: deleted: the next refresh is 400 invalid_grant", async () => {
    const owner = await insertUser();
    const connected = await connect(owner.id);
    await db().user.delete({ where: { id: owner.id } });
    await expectEnded(connected);
  });

  test("REF-13: a new password signs out everywhere else and leaves apps connected", async () => {
    const password = "the ferry leaves at noon";
    const { id } = await createUser({ email: "ada@example.org", password });
    const connected = await connect(id);
    await changePassword(personOf(id), { currentPassword: password, newPassword: "the ferry leaves at dusk" });
    await expectAlive(connected);
  });
});
