import crypto from "node:crypto";
import fc from "fast-check";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { db } from "#lib/db.ts";
import { isDomainError } from "#lib/errors.ts";
import { setLogLevel } from "#lib/log.ts";
import { findSession } from "#lib/sessions/find-session.ts";
import { testDatabase } from "#test/database.ts";
import { createUser } from "./create-user.ts";
import { addressBucket, type BackoffKind, delayAfter } from "./sign-in-backoff.ts";
import { signInWithPassword } from "./sign-in-with-password.ts";

testDatabase();
// Thousands of refused tries, a line each.
setLogLevel("error");
const PASSWORD = "the ferry leaves at noon";
const START = Date.UTC(2026, 10, 24, 12);
const SECOND = 1_000;
const HOUR = 60 * 60 * SECOND;
const HOME = "192.0.2.7";
afterEach(() => vi.restoreAllMocks());

/** What a try leads to: a session's token, or the refusal's code, message and details. */
async function tryToSignIn(email: string, password: string, address: string, at: number): Promise<unknown> {
  try {
    const session = await signInWithPassword({ email, password }, { address, userAgent: "Test/1" }, new Date(at));
    return { token: session.token };
  } catch (error) {
    if (!isDomainError(error)) throw error;
    return { code: error.code, message: error.message, details: error.details };
  }
}

let count = 0;
async function newAccount(): Promise<{ id: string; email: string }> {
  count += 1;
  return await createUser({ email: `user${count}@example.org`, password: PASSWORD });
}
/** An address that no other test uses. */
function freshAddress(): string {
  count += 1;
  return `198.51.100.${count % 256}`;
}

describe("sign-in by password", () => {
  test("the right password starts a session, however the address is spelled", async () => {
    const user = await newAccount();
    const answer = await tryToSignIn(` ${user.email.toUpperCase()} `, PASSWORD, freshAddress(), START);
    const { token } = answer as { token: string };
    expect((await findSession(token, new Date(START)))?.user).toMatchObject({ id: user.id, email: user.email });
  });

  test("SIG-03: every sign-in makes a new session (session fixation)", async () => {
    const user = await newAccount();
    const tokens = new Set<string>();
    for (let round = 0; round < 3; round += 1) {
      const answer = await tryToSignIn(user.email, PASSWORD, HOME, START);
      tokens.add((answer as { token: string }).token);
    }
    expect(tokens.size).toBe(3);
  });

  test("a disabled account is refused, and only whoever knows the password learns why", async () => {
    const user = await newAccount();
    await db().user.update({ where: { id: user.id }, data: { disabledAt: new Date(START) } });
    expect(await tryToSignIn(user.email, PASSWORD, freshAddress(), START)).toMatchObject({ code: "user_disabled" });
    expect(await tryToSignIn(user.email, "wrong", freshAddress(), START)).toMatchObject({ code: "wrong_password" });
    expect(await db().session.count({ where: { userId: user.id } })).toBe(0);
  });
});

describe("enumeration: an unknown account looks like a known one", () => {
  test("same answer, same number of derivations and queries", async () => {
    const user = await newAccount();
    const provider = await db().user.create({ data: { id: crypto.randomUUID(), email: "no-password@example.org" } });
    const derive = vi.spyOn(crypto, "argon2");
    const answers: unknown[] = [];
    const work: number[] = [];
    for (const email of [
      user.email,
      "nobody@example.org",
      provider.email,
      "not an address",
      "a＠example.org",
      "nul\0@x",
      "",
    ]) {
      const before = derive.mock.calls.length;
      answers.push(await tryToSignIn(email, "wrong password, wrong", freshAddress(), START));
      work.push(derive.mock.calls.length - before);
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ code: "wrong_password", message: "Email or password is wrong. Try again." });
    expect(work).toEqual([1, 1, 1, 1, 1, 1, 1]);
  });

  test("an unknown account is slowed like a known one", async () => {
    const user = await newAccount();
    const series = async (email: string, address: string) => {
      const codes: unknown[] = [];
      for (let round = 0; round < 8; round += 1) codes.push(await tryToSignIn(email, "wrong", address, START));
      return codes;
    };
    const known = await series(user.email, freshAddress());
    const unknown = await series("nobody-else@example.org", freshAddress());
    expect(unknown).toEqual(known);
    expect(known.at(-1)).toMatchObject({ code: "sign_in_slowed", details: { retryAfterSeconds: 1 } });
  });
});

describe("SIG-09: back-off", () => {
  test("delays double from one second and never pass their cap", () => {
    const kinds: BackoffKind[] = ["pair", "address", "account"];
    fc.assert(
      fc.property(fc.constantFrom(...kinds), fc.integer({ min: 1, max: 100_000 }), (kind, failures) => {
        const delay = delayAfter(kind, failures);
        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThanOrEqual(HOUR);
        expect(delayAfter(kind, failures + 1)).toBeGreaterThanOrEqual(delay);
      }),
    );
    expect([4, 5, 6, 7, 100].map((failures) => delayAfter("pair", failures) / SECOND)).toEqual([0, 1, 2, 4, 900]);
  });

  test("five failures, then one try a second; the right password waits too, and then counts", async () => {
    const user = await newAccount();
    const address = freshAddress();
    for (let round = 0; round < 5; round += 1) {
      expect(await tryToSignIn(user.email, "wrong", address, START)).toMatchObject({ code: "wrong_password" });
    }
    expect(await tryToSignIn(user.email, PASSWORD, address, START)).toMatchObject({ code: "sign_in_slowed" });
    expect(await tryToSignIn(user.email, PASSWORD, address, START + SECOND)).toHaveProperty("token");
    // The success cleared the count.
    expect(await tryToSignIn(user.email, "wrong", address, START + SECOND)).toMatchObject({ code: "wrong_password" });
  });

  test("a slowed try costs no derivation and does not prolong the wait", async () => {
    const user = await newAccount();
    const address = freshAddress();
    for (let round = 0; round < 5; round += 1) await tryToSignIn(user.email, "wrong", address, START);
    const derive = vi.spyOn(crypto, "argon2");
    for (let round = 0; round < 50; round += 1) await tryToSignIn(user.email, "wrong", address, START + SECOND - 1);
    expect(derive).not.toHaveBeenCalled();
    expect(await tryToSignIn(user.email, PASSWORD, address, START + SECOND)).toHaveProperty("token");
  });

  test("race: of fifty tries at once no more are admitted than one after the other", async () => {
    const user = await newAccount();
    const address = freshAddress();
    const derive = vi.spyOn(crypto, "argon2");
    const tries = Array.from({ length: 50 }, () => tryToSignIn(user.email, "wrong", address, START));
    await Promise.all(tries);
    expect(derive).toHaveBeenCalledTimes(5);
  });

  test("one address cannot try many accounts, and its own account does not clear its count", async () => {
    const user = await newAccount();
    const address = freshAddress();
    let admitted = 0;
    for (let round = 0; round < 60; round += 1) {
      const answer = await tryToSignIn(`victim${round}@example.org`, "wrong", address, START);
      if ((answer as { code: string }).code === "wrong_password") admitted += 1;
      if (round % 5 === 0) await tryToSignIn(user.email, PASSWORD, address, START);
    }
    expect(admitted).toBeLessThanOrEqual(20);
  });

  test("many addresses trying one account are slowed together: at most 100 tries in a day", async () => {
    const user = await newAccount();
    let admitted = 0;
    // A try each 30 s from an address never seen before.
    for (let at = START; at < START + 24 * HOUR; at += 30 * SECOND) {
      const answer = await tryToSignIn(user.email, "wrong", `2001:db8:${(at / SECOND).toString(16).slice(-4)}::1`, at);
      if ((answer as { code: string }).code === "wrong_password") admitted += 1;
    }
    expect(admitted).toBeLessThanOrEqual(100);
  }, 60_000);

  describe("no lock-out of the owner by a stranger", () => {
    let owner: { id: string; email: string };
    beforeAll(async () => {
      owner = await newAccount();
      await tryToSignIn(owner.email, PASSWORD, HOME, START - 40 * 24 * HOUR);
    });

    test("property: whatever a stranger does elsewhere, the owner at a known address never waits", async () => {
      const stranger = fc.record({
        address: fc.constantFrom("203.0.113.1", "203.0.113.2", "203.0.113.3"),
        pauseMs: fc.integer({ min: 0, max: 2 * HOUR }),
        tries: fc.integer({ min: 1, max: 12 }),
      });
      let at = START;
      await fc.assert(
        fc.asyncProperty(fc.array(stranger, { minLength: 1, maxLength: 6 }), async (acts) => {
          for (const { address, pauseMs, tries } of acts) {
            at += pauseMs;
            for (let round = 0; round < tries; round += 1) await tryToSignIn(owner.email, "wrong", address, at);
          }
          expect(await tryToSignIn(owner.email, PASSWORD, HOME, at)).toHaveProperty("token");
        }),
        { numRuns: 15 },
      );
    }, 60_000);

    test("and the owner's own typing errors there cost at most their own seconds", async () => {
      const at = START + 1000 * HOUR;
      for (let round = 0; round < 200; round += 1) await tryToSignIn(owner.email, "wrong", "203.0.113.9", at);
      for (let round = 0; round < 4; round += 1) await tryToSignIn(owner.email, "wrong", HOME, at);
      expect(await tryToSignIn(owner.email, PASSWORD, HOME, at)).toHaveProperty("token");
    });
  });

  test("an IPv6 subscriber is one address", () => {
    expect(addressBucket("2001:db8:1:2:3:4:5:6")).toBe("2001:db8:1:2::/64");
    expect(addressBucket("2001:0db8:0001:0002::9")).toBe("2001:db8:1:2::/64");
    expect(addressBucket("2001:db8::1")).toBe("2001:db8:0:0::/64");
    expect(addressBucket("::1")).toBe("0:0:0:0::/64");
    expect(addressBucket("fe80::1%eth0")).toBe("fe80:0:0:0::/64");
    expect(addressBucket("::ffff:192.0.2.7")).toBe("192.0.2.7");
    expect(addressBucket("192.0.2.7")).toBe("192.0.2.7");
    expect(addressBucket(undefined)).toBe("unknown");
  });
});
