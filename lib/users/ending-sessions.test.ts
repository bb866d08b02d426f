import { describe, expect, test } from "vitest";

import { type Actor, commandLineActor } from "#lib/audit/actor.ts";
import { db } from "#lib/db.ts";
import { findSession } from "#lib/sessions/find-session.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { changePassword } from "./change-password.ts";
import { createUser } from "./create-user.ts";
import { disableUser, enableUser } from "./disable-user.ts";
import { listUsers } from "./list-users.ts";
import { signInWithPassword } from "./sign-in-with-password.ts";

testDatabase();
const PASSWORD = "the ferry leaves at noon";
const BROWSER = { address: "192.0.2.7", userAgent: "Test/1" };

async function signedIn(email: string): Promise<{ actor: Actor; token: string }> {
  const session = await signInWithPassword({ email, password: PASSWORD }, BROWSER);
  const actor: Actor = {
    kind: "user",
    userId: session.userId,
    isAdministrator: false,
    sessionId: session.id,
    ...BROWSER,
  };
  return { actor, token: session.token };
}

describe("SIG-05: change of the password", () => {
  test("asks for the current one, ends every session, and gives the asking browser a new one", async () => {
    const { email, id } = await createUser({ email: "carl@example.org", password: PASSWORD });
    const [mine, stolen] = [await signedIn(email), await signedIn(email)];
    const newPassword = "a lighthouse in the fog";
    const wrong = changePassword(mine.actor, { currentPassword: "wrong", newPassword });
    await expect(wrong).rejects.toMatchObject({ code: "wrong_current_password" });
    expect(await findSession(stolen.token)).toBeDefined();

    const session = await changePassword(mine.actor, { currentPassword: PASSWORD, newPassword });
    expect(await findSession(session.token)).toMatchObject({ user: { id } });
    for (const { token } of [mine, stolen]) expect(await findSession(token)).toBeUndefined();
    await expect(signInWithPassword({ email, password: PASSWORD }, BROWSER)).rejects.toMatchObject({
      code: "wrong_password",
    });
    await signInWithPassword({ email, password: newPassword }, BROWSER);
    const audit = await db().auditEvent.findMany({ where: { userId: id, action: "password.changed" } });
    expect(audit).toHaveLength(1);
    expect(JSON.stringify(audit)).not.toContain(newPassword);
  });

  test("SIG-09: guessing the current one is slowed", async () => {
    const { email } = await createUser({ email: "dora@example.org", password: PASSWORD });
    const { actor } = await signedIn(email);
    const now = new Date();
    const codes: string[] = [];
    for (let round = 0; round < 8; round += 1) {
      const input = { currentPassword: "wrong", newPassword: "a lighthouse in the fog" };
      await changePassword(actor, input, now).catch((error: { code: string }) => codes.push(error.code));
    }
    expect(codes.slice(0, 5)).toEqual(Array<string>(5).fill("wrong_current_password"));
    expect(codes.slice(5)).toEqual(Array<string>(3).fill("sign_in_slowed"));
  });

  test("race: of two changes at once one wins", async () => {
    const { email } = await createUser({ email: "fay@example.org", password: PASSWORD });
    const { actor } = await signedIn(email);
    const changes = ["a lighthouse in the fog", "the owl and the kettle"].map((newPassword) =>
      changePassword(actor, { currentPassword: PASSWORD, newPassword }),
    );
    const results = await Promise.allSettled(changes);
    expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(1);
    expect(results.find((result) => result.status === "rejected")).toMatchObject({ reason: { code: "conflict" } });
  });
});

describe("disabling", () => {
  test("SIG-05: ends sessions at once, tells the gateways, and enabling does not revive them", async () => {
    const user = await createUser({ email: "gus@example.org", password: PASSWORD });
    const { token } = await signedIn(user.email);
    const operator = commandLineActor(user.id);
    const { endedSessions, receipt } = await disableUser(operator, { userId: user.id });
    expect(endedSessions).toBe(1);
    expect(receipt).toMatchObject({ acknowledged: 0, of: 0 });
    expect(await findSession(token)).toBeUndefined();
    await enableUser(operator, { userId: user.id });
    expect(await findSession(token)).toBeUndefined();
    await disableUser(operator, { userId: user.id });
    await disableUser(operator, { userId: user.id });
    const events = await db().credentialEvent.findMany({ where: { userId: user.id }, orderBy: { id: "asc" } });
    expect(events.map((event) => [event.type, event.subjectId])).toEqual(Array(3).fill(["user.changed", user.id]));
    const audit = await db().auditEvent.findMany({ where: { targetId: user.id }, orderBy: { id: "asc" } });
    expect(audit.map((row) => row.action).filter((action) => /abled/.test(action))).toEqual([
      "user.disabled",
      "user.enabled",
      "user.disabled",
    ]);
  });

  test("is for administrators: anybody else learns nothing about the account", async () => {
    const victim = await insertUser();
    const stranger: Actor = { kind: "user", userId: (await insertUser()).id, isAdministrator: false };
    await expect(disableUser(stranger, { userId: victim.id })).rejects.toMatchObject({ code: "forbidden" });
    expect((await listUsers()).find((user) => user.id === victim.id)?.disabledAt).toBeNull();
  });
});
