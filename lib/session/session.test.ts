import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { getServerSession } from "next-auth/next";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { db, inTransaction } from "#lib/db.ts";
import { sessionCookie } from "#lib/sessions/session-cookie.ts";
import { type StartedSession, startSession } from "#lib/sessions/start-session.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import type { Lookup } from "./adapter.ts";
import { authOptions } from "./auth-options.ts";
import { isOwnOrigin } from "./own-origin.ts";
import { isReadableTarget } from "./readable-request.ts";

testDatabase();
beforeAll(() => {
  vi.stubEnv("SECRET", "a secret that only this test knows, 32 bytes");
  vi.stubEnv("PUBLIC_URL", "https://auth.example.org");
});

/** What next-auth answers to a request with this cookie, and what our look-up found. */
async function serverSession(token: string, now?: Date): Promise<{ email: string | undefined; lookup: Lookup }> {
  if (now) vi.useFakeTimers({ now, toFake: ["Date"] });
  try {
    const cookies = { [sessionCookie().name]: token };
    const request = Object.assign(new IncomingMessage(new Socket()), { cookies });
    const lookup: Lookup = {};
    const session = await getServerSession(request, new ServerResponse(request), authOptions(lookup));
    return { email: session?.user?.email ?? undefined, lookup };
  } finally {
    vi.useRealTimers();
  }
}

async function signedIn(): Promise<{ email: string; session: StartedSession }> {
  const { id, email } = await insertUser();
  return { email, session: await inTransaction((tx) => startSession(tx, id, {}, new Date())) };
}

describe("next-auth over our sessions", () => {
  test("SIG-05: finds the session that startSession() made, until it is ended on the server", async () => {
    const { email, session } = await signedIn();
    const found = await serverSession(session.token);
    expect(found.email).toBe(email);
    expect(found.lookup.found?.id).toBe(session.id);
    await db().session.delete({ where: { id: session.id } });
    expect((await serverSession(session.token)).email).toBeUndefined();
  });

  test("SIG-04: does not move the end of a session", async () => {
    const { email, session } = await signedIn();
    const day = (count: number) => new Date(Date.now() + count * 24 * 60 * 60_000);
    for (const count of [5, 10, 15, 20, 25, 29]) {
      expect((await serverSession(session.token, day(count))).email).toBe(email);
    }
    expect((await serverSession(session.token, day(31))).email).toBeUndefined();
  });

  test.each(["", "x", "eyJhbGciOiJub25lIn0.eyJlbWFpbCI6ImFkYUBleGFtcGxlLm9yZyJ9.", "\0", "%", "x".repeat(5_000)])(
    "attack 32: %j signs nobody in",
    async (token) => {
      expect(await serverSession(token)).toEqual({ email: undefined, lookup: {} });
    },
  );

  test("has no provider, and nothing that could make an account", () => {
    const { adapter, providers } = authOptions();
    expect(providers).toEqual([]);
    expect(Object.keys(adapter ?? {}).sort()).toEqual(["deleteSession", "getSessionAndUser", "updateSession"]);
  });
});

describe("SIG-03: the cookie", () => {
  test("over https: __Host-, Secure, HttpOnly, Lax, Path=/", () => {
    expect(sessionCookie("https://auth.example.org")).toEqual({
      name: "__Host-pensyve-session",
      options: { httpOnly: true, sameSite: "lax", path: "/", secure: true, priority: "high" },
    });
  });
  test("on plain-http loopback the prefix and Secure are dropped, nothing else", () => {
    expect(sessionCookie("http://localhost:3000")).toEqual({
      name: "pensyve-session",
      options: { httpOnly: true, sameSite: "lax", path: "/", secure: false, priority: "high" },
    });
  });
});

describe("SIG-07: a change comes from a page of ours", () => {
  const isOwn = (origin?: string) => isOwnOrigin(new Headers(origin === undefined ? {} : { origin }));
  test("PUBLIC_URL's origin, exactly", () => {
    expect(isOwn("https://auth.example.org")).toBe(true);
  });
  test.each([
    undefined,
    "",
    "null",
    "http://auth.example.org",
    "https://auth.example.org:8443",
    "https://auth.example.org/",
    "https://auth.example.org.evil.example",
    "https://evil.example",
    "https://AUTH.example.org",
    "https://auth.example.org, https://evil.example",
  ])("%s is refused", (origin) => {
    expect(isOwn(origin)).toBe(false);
  });
});

test("a path that cannot be decoded never reaches Next", () => {
  for (const target of ["/", "/keys?x=%", "/%E2%82%AC"]) expect(isReadableTarget(target)).toBe(true);
  for (const target of ["/%", "/%ff", "/%E2%82", "/keys/%zz?x"]) expect(isReadableTarget(target)).toBe(false);
});
