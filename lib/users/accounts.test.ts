import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "#lib/audit/actor.ts";
import { db } from "#lib/db.ts";
import { findSession } from "#lib/sessions/find-session.ts";
import { testDatabase } from "#test/database.ts";
import { changeName } from "./change-name.ts";
import { createUser } from "./create-user.ts";
import { listUsers } from "./list-users.ts";
import { mayCreateUser } from "./may-create-user.ts";
import { changeNameSchema } from "./schemas.ts";
import { completeSetup, isSetupLinkAlive, prepareSetupLink } from "./setup-link.ts";
import { signInWithPassword } from "./sign-in-with-password.ts";

testDatabase();
const PASSWORD = "the ferry leaves at noon";
const BROWSER = { address: "192.0.2.7", userAgent: "Test/1" };
const ADMINISTRATOR = { email: "ada@example.org", password: PASSWORD };

let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "pensyve-setup-"));
});
afterAll(() => rm(dataDir, { recursive: true }));

const server = (signUp: "first" | "closed" = "first") => ({ dataDir, publicUrl: "http://localhost:3000", signUp });
async function newLink(now?: Date): Promise<string> {
  const url = await prepareSetupLink(server(), now);
  return new URL(url ?? "").searchParams.get("token") ?? "";
}
// In order: the database starts without any account, and the first one changes what the link does.
describe("SIG-12: the set-up link", () => {
  test("attack 45: there is no account and no password before somebody makes one", async () => {
    expect(await listUsers()).toEqual([]);
    for (const password of ["admin", "password", "", "pensyve", "changeme"]) {
      for (const email of ["admin@localhost", "admin@example.org", "root@localhost"]) {
        await expect(signInWithPassword({ email, password }, {})).rejects.toMatchObject({ status: expect.any(Number) });
      }
    }
  });

  test("is in a file that only its owner may read, and in the database as a hash", async () => {
    const url = await prepareSetupLink(server());
    expect(url).toMatch(/^http:\/\/localhost:3000\/setup\?token=[A-Za-z0-9_-]{43}$/);
    const file = join(dataDir, "setup-url");
    expect(await readFile(file, "utf8")).toBe(`${url}\n`);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const rows = await db().oneTimeToken.findMany();
    expect(rows).toHaveLength(1);
    expect(Buffer.from(rows[0]?.tokenHash ?? []).toString("base64url")).not.toBe(url?.split("=")[1]);
  });

  test("is new at each start: the one before is dead", async () => {
    const [before, now] = [await newLink(), await newLink()];
    expect(before).not.toBe(now);
    expect(await isSetupLinkAlive(before)).toBe(false);
    expect(await isSetupLinkAlive(now)).toBe(true);
    await expect(completeSetup({ token: before, ...ADMINISTRATOR }, BROWSER)).rejects.toMatchObject({
      code: "setup_link_dead",
      status: 410,
    });
  });

  test("SIG-07: asking about it does not use it up, nor does a refused password", async () => {
    const token = await newLink();
    for (let round = 0; round < 3; round += 1) expect(await isSetupLinkAlive(token)).toBe(true);
    const short = completeSetup({ token, email: "ada@example.org", password: "short" }, BROWSER);
    await expect(short).rejects.toMatchObject({ code: "password_too_short", details: { missing: 10 } });
    const homoglyph = completeSetup({ token, email: "ada＠example.org", password: PASSWORD }, BROWSER);
    await expect(homoglyph).rejects.toMatchObject({ code: "email_invalid" });
    expect(await isSetupLinkAlive(token)).toBe(true);
  });

  test("attack 3: nothing but the whole token counts, and only for a week", async () => {
    const token = await newLink(new Date("2026-11-01T12:00:00Z"));
    expect(await isSetupLinkAlive(token, new Date("2026-11-08T11:59:59.999Z"))).toBe(true);
    expect(await isSetupLinkAlive(token, new Date("2026-11-08T12:00:00Z"))).toBe(false);
    const fresh = await newLink();
    for (const guess of ["", fresh.slice(1), `${fresh}x`, fresh.toLowerCase(), "\0"]) {
      expect(await isSetupLinkAlive(guess)).toBe(false);
    }
  });

  test("with SIGN_UP=closed there is none, and none is left over", async () => {
    const token = await newLink();
    expect(await prepareSetupLink(server("closed"))).toBeUndefined();
    expect(await isSetupLinkAlive(token)).toBe(false);
    await expect(stat(join(dataDir, "setup-url"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("race: used by ten at once it makes one account, the administrator, who is signed in", async () => {
    const token = await newLink();
    const attempts = Array.from({ length: 10 }, (_, index) =>
      completeSetup({ token, email: `ada${index}@example.org`, password: PASSWORD }, BROWSER, new Date(), dataDir),
    );
    const results = await Promise.allSettled(attempts);
    const made = results.filter((result) => result.status === "fulfilled");
    expect(made).toHaveLength(1);
    for (const result of results) {
      if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "setup_link_dead" });
    }
    const [user, ...others] = await listUsers();
    expect(others).toEqual([]);
    expect(user?.isAdministrator).toBe(true);
    expect((await findSession(made[0]?.value.token ?? ""))?.user.id).toBe(user?.id);
    const audit = await db().auditEvent.findMany({ where: { userId: user?.id ?? null }, orderBy: { id: "asc" } });
    expect(audit.map((row) => row.action)).toEqual(["user.created", "user.signed_in"]);
    expect(JSON.stringify(audit)).not.toContain(token);
    await expect(stat(join(dataDir, "setup-url"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("is dead after the first account, also a new start makes none", async () => {
    await db().oneTimeToken.updateMany({ data: { consumedAt: null } });
    const [row] = await db().oneTimeToken.findMany();
    expect(row).toBeDefined();
    expect(await prepareSetupLink(server())).toBeUndefined();
    expect(await db().oneTimeToken.count()).toBe(0);
    await expect(stat(join(dataDir, "setup-url"))).rejects.toMatchObject({ code: "ENOENT" });
  });
});

test("mayCreateUser: the first by the link, all others at the command line", () => {
  const allowed = (path: "setup" | "command_line", signUp: "first" | "closed", hasUsers: boolean) => {
    try {
      mayCreateUser(path, { signUp, hasUsers });
      return true;
    } catch {
      return false;
    }
  };
  expect(allowed("setup", "first", false)).toBe(true);
  expect(allowed("setup", "first", true)).toBe(false);
  expect(allowed("setup", "closed", false)).toBe(false);
  for (const signUp of ["first", "closed"] as const) {
    for (const hasUsers of [true, false]) expect(allowed("command_line", signUp, hasUsers)).toBe(true);
  }
});

describe("accounts at the command line", () => {
  test("one e-mail is one account, in every spelling", async () => {
    await createUser({ email: "bob@example.org", password: PASSWORD });
    await expect(createUser({ email: " BOB@Example.org", password: PASSWORD })).rejects.toMatchObject({
      code: "email_taken",
    });
  });
  test("SIG-08: the same password rules", async () => {
    const create = (password: string) => createUser({ email: "eve@example.org", password });
    await expect(create("fourteen chars")).rejects.toMatchObject({ code: "password_too_short" });
    await expect(create("eve@example.org 2026")).rejects.toMatchObject({ code: "password_too_common" });
    await expect(create("k".repeat(300))).rejects.toMatchObject({ code: "password_too_long" });
  });
});

describe("the name", () => {
  test("can be changed and taken away; only a change leaves a row", async () => {
    const { id } = await createUser({ email: "hal@example.org", password: PASSWORD });
    const actor: Actor = { kind: "user", userId: id, isAdministrator: false, ...BROWSER };
    expect(await changeName(actor, { name: "Hal" })).toEqual({ name: "Hal" });
    expect(await changeName(actor, { name: "Hal" })).toEqual({ name: "Hal" });
    expect(await changeName(actor, { name: "" })).toEqual({ name: null });
    const rows = await db().auditEvent.findMany({ where: { userId: id, action: "settings.changed" } });
    expect(rows.map((row) => row.details)).toEqual([{ from: null }, { from: "Hal" }]);
  });
  test.each(["a\0b", "a\nb", "a\u2028b", "\ud800", "x".repeat(65)])("%j is refused", (name) => {
    expect(changeNameSchema.safeParse({ name }).success).toBe(false);
  });
});
