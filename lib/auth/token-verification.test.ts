import pg from "pg";
import { describe, expect, it } from "vitest";
import type { Actor } from "#lib/audit/actor.ts";
import { db, inTransaction } from "#lib/db.ts";
import { act } from "#lib/events/act.ts";
import { publish } from "#lib/events.ts";
import { withdrawGrant } from "#lib/grants/withdraw-grant.ts";
import { newId } from "#lib/ids.ts";
import { disableUser, enableUser } from "#lib/users/disable-user.ts";
import { testAuthorizationServer } from "#test/authorization-server.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { authenticate } from "./authenticate.ts";

const database = testDatabase();
const server = testAuthorizationServer();

/** A user who allowed a new app full access. */
async function connected(userId?: string) {
  const id = userId ?? (await insertUser()).id;
  const { access_token: token, refresh_token: refreshToken, grantId, clientId } = await server.connect(id);
  const actor: Actor = { kind: "user", userId: id, isAdministrator: false };
  return { token, refreshToken, grantId, clientId, userId: id, actor };
}
const reason = async (value: string) => {
  const result = await authenticate({ kind: "access_token", value });
  return result.ok ? "accepted" : result.reason;
};
const isWarm = (value: string): boolean => !(authenticate({ kind: "access_token", value }) instanceof Promise);

async function sql(text: string, values: unknown[] = []): Promise<void> {
  const client = new pg.Client(database.config());
  await client.connect();
  try {
    await client.query(text, values);
  } finally {
    await client.end();
  }
}
async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${server.url()}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\d+)$`, "m").exec(text)?.[1]);
}

describe("a withdrawn app", () => {
  it("REV-03 REF-11: its warm access token is refused when the act answers, and the receipt names this gateway", async () => {
    const { id: userId } = await insertUser();
    const kept = await connected(userId);
    expect(await reason(kept.token)).toBe("accepted");
    for (let trial = 0; trial < 25; trial += 1) {
      const { token, grantId, actor } = await connected(userId);
      expect(await reason(token)).toBe("accepted");
      expect(isWarm(token)).toBe(true);
      const { receipt } = await withdrawGrant(actor, { grantId });
      expect(await reason(token)).toBe("revoked");
      expect(receipt).toMatchObject({ acknowledged: 1, of: 1, silent: [] });
    }
    // Another app of the same user is not touched, and stays warm.
    expect([isWarm(kept.token), await reason(kept.token)]).toEqual([true, "accepted"]);
  });

  it("REV-03 REF-11: takes every token of its grant with it, and its refresh token", async () => {
    const { token, refreshToken, grantId, clientId, actor } = await connected();
    const { json } = await server.refresh(clientId, refreshToken);
    expect([await reason(token), await reason(json.access_token)]).toEqual(["accepted", "accepted"]);
    await withdrawGrant(actor, { grantId });
    expect([await reason(token), await reason(json.access_token)]).toEqual(["revoked", "revoked"]);
    expect(await server.refresh(clientId, json.refresh_token)).toMatchObject({
      status: 400,
      json: { error: "invalid_grant" },
    });
  });

  it("a grant that has expired, or belongs to another user or client, carries no token", async () => {
    const [one, other] = [await connected(), await connected()];
    const move = (grantId: string, data: object) => db().oAuthGrant.update({ where: { id: grantId }, data });
    await move(one.grantId, { expiresAt: new Date(Date.now() - 1) });
    expect(await reason(one.token)).toBe("revoked");
    await move(other.grantId, { userId: one.userId });
    expect(await reason(other.token)).toBe("revoked");
    const third = await connected();
    await move(third.grantId, { clientId: "psc_another" });
    expect(await reason(third.token)).toBe("revoked");
  });

  it("REV-03: a token that was never seen before is refused as well: the grant is asked for", async () => {
    const { token, grantId, actor } = await connected();
    await withdrawGrant(actor, { grantId });
    expect(await reason(token)).toBe("revoked");
  });
});

describe("REF-11: a disabled user", () => {
  it("has no warm token left when the act answers, and gets none of them back when enabled", async () => {
    const [first, user] = [await connected(), await insertUser()];
    const [one, two] = [await connected(user.id), await connected(user.id)];
    for (const { token } of [first, one, two]) expect(await reason(token)).toBe("accepted");
    const administrator: Actor = { kind: "command_line", userId: user.id, isAdministrator: true };
    await disableUser(administrator, { userId: user.id });
    expect([await reason(one.token), await reason(two.token)]).toEqual(["revoked", "revoked"]);
    expect(await reason(first.token)).toBe("accepted");
    await enableUser(administrator, { userId: user.id });
    expect([await reason(one.token), await reason(two.token)]).toEqual(["revoked", "revoked"]);
  });

  it("is refused by the user's state alone, whatever the grants say", async () => {
    const { token, userId } = await connected();
    expect(await reason(token)).toBe("accepted");
    await act(async (tx) => {
      await tx.user.update({ where: { id: userId }, data: { disabledAt: new Date() } });
      await publish(tx, { type: "user.changed", userId, subjectId: userId });
    });
    expect(await reason(token)).toBe("revoked");
  });

  it("a deleted user's tokens are refused", async () => {
    const { token, userId } = await connected();
    expect(await reason(token)).toBe("accepted");
    await act(async (tx) => {
      await tx.user.delete({ where: { id: userId } });
      await publish(tx, { type: "user.changed", userId, subjectId: userId });
    });
    expect(await reason(token)).toBe("revoked");
  });
});

describe("what the gateway hears", () => {
  it("an event of a transaction that was rolled back is never heard", async () => {
    const { token, grantId, userId } = await connected();
    await reason(token);
    await inTransaction(async (tx) => {
      await publish(tx, { type: "grant.revoked", userId, subjectId: grantId });
      throw new Error("roll back");
    }).catch(() => undefined);
    const other = await connected();
    await withdrawGrant(other.actor, { grantId: other.grantId }); // a later event, which is heard
    expect(isWarm(token)).toBe(true);
  });

  it("changed signing keys drop every token: what a gone key signed is refused when the act answers", async () => {
    const { token } = await connected();
    expect(await reason(token)).toBe("accepted");
    const kid = String(JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString()).kid);
    const set = (retiresAt: Date | null) =>
      act(async (tx) => {
        await tx.signingKey.update({ where: { kid }, data: { retiresAt } });
        await publish(tx, { type: "signing_key.changed", userId: null, subjectId: kid });
      });
    await set(new Date(Date.now() - 1));
    expect(await reason(token)).toBe("bad_signature");
    await set(null);
    expect(await reason(token)).toBe("accepted");
  });

  it("deaf listener: when its connection breaks, no cached token is believed, until changes are heard again", async () => {
    const { token, grantId } = await connected();
    expect(await reason(token)).toBe("accepted");
    await sql(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'pensyve-auth events'",
    );
    await sql("UPDATE oauth_grants SET revoked_at = now() WHERE id = $1", [grantId]); // a change without any event
    await expect.poll(() => reason(token)).toBe("revoked");
    await expect.poll(() => server.gateway().isReady(), { timeout: 10_000 }).toBe(true);
    const other = await connected();
    expect(await reason(other.token)).toBe("accepted");
    await withdrawGrant(other.actor, { grantId: other.grantId });
    expect(await reason(other.token)).toBe("revoked");
  });
});

it("metrics tell how many tokens were answered from memory, verified anew, and refused from memory", async () => {
  const [hits, misses, negative] = ["hits", "misses", "negative_hits"].map(
    (name) => `pensyve_token_cache_${name}_total`,
  );
  const read = async () => [await metric(hits ?? ""), await metric(misses ?? ""), await metric(negative ?? "")];
  const { token, actor, grantId } = await connected();
  const [h = 0, m = 0, n = 0] = await read();
  for (let round = 0; round < 3; round += 1) await reason(token);
  expect(await read()).toEqual([h + 2, m + 1, n]);
  await withdrawGrant(actor, { grantId });
  for (let round = 0; round < 3; round += 1) await reason(token);
  expect(await read()).toEqual([h + 2, m + 2, n + 2]);
  // Garbage is neither: nothing is looked up for it.
  for (const value of ["x", "a.b.c", newId(), token.slice(0, -1)]) await reason(value);
  expect(await read()).toEqual([h + 2, m + 2, n + 2]);
  expect(await db().oAuthGrant.count({ where: { id: grantId, revokedAt: null } })).toBe(0);
});
