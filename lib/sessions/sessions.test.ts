import { describe, expect, test } from "vitest";
import type { Actor } from "#lib/audit/actor.ts";
import { db, inTransaction } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { hashToken } from "#lib/one-time-tokens/random-token.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { endOtherSessions, endSession, endSessionOf } from "./end-session.ts";
import { findSession } from "./find-session.ts";
import { listSessions } from "./list-sessions.ts";
import { type StartedSession, startSession } from "./start-session.ts";

testDatabase();
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const START = new Date("2026-11-24T12:00:00.000Z");
const later = (milliseconds: number) => new Date(START.getTime() + milliseconds);
const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";

async function signedIn(
  user?: { id: string },
  now = START,
): Promise<{ user: { id: string }; session: StartedSession; actor: Actor }> {
  const owner = user ?? (await insertUser());
  const browser = { address: "192.0.2.7", userAgent: FIREFOX };
  const session = await inTransaction((tx) => startSession(tx, owner.id, browser, now));
  const actor: Actor = { kind: "user", userId: owner.id, isAdministrator: false, sessionId: session.id, ...browser };
  return { user: owner, session, actor };
}

describe("SIG-03: the token", () => {
  test("has 256 bits, is new each time, and only its SHA-256 is stored", async () => {
    const { user, session } = await signedIn();
    const again = await signedIn(user);
    expect(session.token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(again.session.token).not.toBe(session.token);
    const row = await db().session.findUniqueOrThrow({ where: { id: session.id } });
    expect(Buffer.from(row.tokenHash)).toEqual(Buffer.from(hashToken(session.token)));
    expect(JSON.stringify(row)).not.toContain(session.token);
  });

  test("attack 3: nothing but the whole token signs in", async () => {
    const { session } = await signedIn();
    expect(await findSession(session.token, START)).toMatchObject({ id: session.id });
    for (let cut = 0; cut < session.token.length; cut += 1) {
      expect(await findSession(session.token.slice(0, cut), START)).toBeUndefined();
    }
    const others = [
      `${session.token}A`,
      `${session.token}=`,
      ` ${session.token}`,
      session.id,
      "",
      "\0",
      "x".repeat(100_000),
    ];
    for (const token of others) expect(await findSession(token, START)).toBeUndefined();
  });
});

describe("SIG-04: limits are kept on the server", () => {
  test("idle: dead 7 days after the last use, alive a millisecond before", async () => {
    const { session } = await signedIn();
    const idle = await signedIn();
    expect(await findSession(session.token, later(7 * DAY - 1))).toBeDefined();
    expect(await findSession(idle.session.token, later(7 * DAY))).toBeUndefined();
  });

  test("absolute: dead 30 days after the sign-in, however busy", async () => {
    const { session } = await signedIn();
    for (let day = 1; day < 30; day += 1) {
      const found = await findSession(session.token, later(day * DAY));
      expect(found?.endsAt.getTime()).toBe(Math.min(later((day + 7) * DAY).getTime(), later(30 * DAY).getTime()));
    }
    expect(await findSession(session.token, later(30 * DAY - 1))).toBeDefined();
    expect(await findSession(session.token, later(30 * DAY))).toBeUndefined();
  });

  test("use is noted at most once a minute, and never backwards", async () => {
    const { session } = await signedIn();
    const lastSeen = async () => (await db().session.findUniqueOrThrow({ where: { id: session.id } })).lastSeenAt;
    await findSession(session.token, later(MINUTE - 1));
    expect(await lastSeen()).toEqual(START);
    await Promise.all([findSession(session.token, later(MINUTE)), findSession(session.token, later(MINUTE))]);
    expect(await lastSeen()).toEqual(later(MINUTE));
    await findSession(session.token, later(MINUTE / 2));
    expect(await lastSeen()).toEqual(later(MINUTE));
  });
});

describe("SIG-05: an ended session is dead on the server", () => {
  test("sign-out ends it, leaves a row, and may be repeated", async () => {
    const { user, session, actor } = await signedIn();
    await endSessionOf(session.token, actor, START);
    expect(await findSession(session.token, START)).toBeUndefined();
    await endSessionOf(session.token, actor, START);
    await endSessionOf("unknown", actor, START);
    const rows = await db().auditEvent.findMany({ where: { userId: user.id }, orderBy: { id: "asc" } });
    expect(rows.map((row) => [row.action, row.targetName])).toEqual([
      ["user.signed_in", "Firefox on Linux"],
      ["session.ended", "Firefox on Linux"],
    ]);
  });

  test("a disabled user has no session", async () => {
    const { user, session } = await signedIn();
    await db().user.update({ where: { id: user.id }, data: { disabledAt: START } });
    expect(await findSession(session.token, START)).toBeUndefined();
  });
});

describe("SIG-11: a user sees and ends their sessions", () => {
  test("the list has the asking one first and no dead ones", async () => {
    const old = await signedIn(undefined, later(-8 * DAY));
    const other = await signedIn(old.user, later(-MINUTE));
    const current = await signedIn(old.user, later(-2 * MINUTE));
    const listed = await listSessions(current.actor, START);
    expect(listed.map((row) => [row.id, row.isCurrent])).toEqual([
      [current.session.id, true],
      [other.session.id, false],
    ]);
    expect(listed[0]).toMatchObject({ browser: "Firefox on Linux", address: "192.0.2.7" });
    expect(JSON.stringify(listed)).not.toMatch(/hash|token/i);
  });

  test("ending one ends that one", async () => {
    const one = await signedIn();
    const two = await signedIn(one.user);
    await endSession(one.actor, { sessionId: two.session.id }, START);
    expect(await findSession(two.session.token, START)).toBeUndefined();
    expect(await findSession(one.session.token, START)).toBeDefined();
  });

  test("ending all others spares the asking one and other people's", async () => {
    const one = await signedIn();
    const [two, three, stranger] = [await signedIn(one.user), await signedIn(one.user), await signedIn()];
    expect(await endOtherSessions(one.actor, {}, START)).toEqual({ ended: 2 });
    for (const { session } of [two, three]) expect(await findSession(session.token, START)).toBeUndefined();
    for (const { session } of [one, stranger]) expect(await findSession(session.token, START)).toBeDefined();
  });

  test("attack 10: another user's session is not found, exactly like an absent one", async () => {
    const mine = await signedIn();
    const theirs = await signedIn();
    const refusal = (sessionId: string) =>
      endSession(mine.actor, { sessionId }, START).catch((error: { code: string; message: string }) => ({ ...error }));
    expect(await refusal(theirs.session.id)).toEqual(await refusal(newId()));
    expect(await refusal(theirs.session.id)).toMatchObject({ code: "session_not_found", status: 404 });
    expect(await findSession(theirs.session.token, START)).toBeDefined();
  });

  test("race: ended twice at once, there is one audit row", async () => {
    const one = await signedIn();
    const two = await signedIn(one.user);
    const ends = Array.from({ length: 5 }, () => endSession(one.actor, { sessionId: two.session.id }, START));
    const results = await Promise.allSettled(ends);
    expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(1);
    expect(await db().auditEvent.count({ where: { action: "session.ended", targetId: two.session.id } })).toBe(1);
  });
});
