import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import type { Actor } from "#lib/audit/actor.ts";
import { db, inTransaction } from "#lib/db.ts";
import { DomainError } from "#lib/errors.ts";
import { setLogLevel } from "#lib/log.ts";
import { CLIENT_ADDRESS_HEADER } from "#lib/server/client-address.ts";
import { startSession } from "#lib/sessions/start-session.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { userAction } from "./user-action.ts";

testDatabase();
const ORIGIN = "http://localhost:3000";
/** The request that Next would hand to an action. */
const request = { headers: new Headers(), cookies: new Map<string, { value: string }>() };
vi.mock("next/headers", () => ({ headers: async () => request.headers, cookies: async () => request.cookies }));

const schema = z.object({ name: z.string().min(1, "Give the key a name, so that you find it again.") });
let user: { id: string; email: string };
let sessionId: string;
const calls: { actor: Actor; input: unknown }[] = [];
const action = userAction(schema, async (actor, input) => {
  calls.push({ actor, input });
  return "done";
});

beforeAll(async () => {
  vi.stubEnv("SECRET", "a secret that only this test knows, 32 bytes");
  vi.stubEnv("PUBLIC_URL", ORIGIN);
  setLogLevel("error");
  user = await insertUser();
  const session = await inTransaction((tx) => startSession(tx, user.id, {}, new Date()));
  sessionId = session.id;
  request.cookies.set("pensyve-session", { value: session.token });
});
beforeEach(() => {
  calls.length = 0;
  request.headers = new Headers({ origin: ORIGIN, "user-agent": "Test/1", [CLIENT_ADDRESS_HEADER]: "192.0.2.7" });
});

describe("a server action is a public endpoint", () => {
  test("attack 1: who acts comes from the session, whatever the input says", async () => {
    const input = { name: "ci", userId: "somebody else", isAdministrator: true, actor: { userId: "x" } };
    expect(await action(input)).toEqual({ ok: true, data: "done" });
    expect(calls).toEqual([
      {
        actor: {
          kind: "user",
          userId: user.id,
          isAdministrator: false,
          sessionId,
          address: "192.0.2.7",
          userAgent: "Test/1",
        },
        input: { name: "ci" },
      },
    ]);
  });

  test.each([undefined, "null", "https://evil.example", `${ORIGIN}.evil.example`])(
    "SIG-07: with the Origin %s nothing runs",
    async (origin) => {
      request.headers.delete("origin");
      if (origin !== undefined) request.headers.set("origin", origin);
      expect(await action({ name: "ci" })).toMatchObject({ ok: false, error: { code: "foreign_form" } });
      expect(calls).toEqual([]);
    },
  );

  test.each([null, undefined, "x", 1, [], {}, { name: 1 }, { name: "" }, { name: ["a"] }])(
    "input %j is refused with the field that is wrong",
    async (input) => {
      expect(await action(input)).toMatchObject({ ok: false, error: { code: "invalid_input" } });
      expect(calls).toEqual([]);
    },
  );

  test("the words of the schema reach the form", async () => {
    expect(await action({ name: "" })).toEqual({
      ok: false,
      error: {
        code: "invalid_input",
        message: "Give the key a name, so that you find it again.",
        details: { field: "name" },
      },
    });
  });

  test("an expected refusal is an answer; anything else is thrown and tells the browser nothing", async () => {
    const refuse = userAction(schema, async () => {
      throw new DomainError("key_not_found");
    });
    expect(await refuse({ name: "ci" })).toMatchObject({ ok: false, error: { code: "key_not_found" } });
    const fail = userAction(schema, async () => {
      throw new Error("broken");
    });
    await expect(fail({ name: "ci" })).rejects.toThrow("broken");
  });

  test("SIG-05: after the session has ended nothing runs", async () => {
    await db().session.deleteMany({ where: { userId: user.id } });
    expect(await action({ name: "ci" })).toMatchObject({ ok: false, error: { code: "signed_out" } });
    request.cookies.clear();
    expect(await action({ name: "ci" })).toMatchObject({ ok: false, error: { code: "signed_out" } });
    expect(calls).toEqual([]);
  });
});
