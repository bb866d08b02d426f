import { beforeEach, describe, expect, test } from "vitest";
import { AuthorizationDouble, LIFETIME_MS, SERVER } from "../test/authorization-double.ts";
import { MemorySecrets } from "../test/memory-secrets.ts";
import { CredentialStore } from "./credential-store.ts";
import { Canceled, Refusal } from "./refusals.ts";
import { Sessions, type SessionsOptions } from "./sessions.ts";

const OTHER = "https://other.example.org";
let double: AuthorizationDouble;
let secrets: MemorySecrets;
let now: number;
let server: string;

beforeEach(() => {
  double = new AuthorizationDouble();
  secrets = new MemorySecrets();
  now = Date.parse("2026-01-01T00:00:00Z");
  server = SERVER;
});

/** One window of the editor; all share the storage, the server and the clock. */
function openWindow(options: Partial<SessionsOptions> = {}) {
  const ended: string[] = [];
  const changes: string[][] = [];
  const store = new CredentialStore(secrets);
  const sessions = new Sessions({
    store,
    server: () => server,
    askBrowser: double.allow,
    fetch: double.fetch,
    now: () => now,
    onEnded: (address) => void ended.push(address),
    ...options,
  });
  sessions.onDidChangeSessions(({ added, removed, changed }) => {
    changes.push([...named("added", added), ...named("removed", removed), ...named("changed", changed)]);
  });
  return { sessions, store, ended, changes };
}

function named(what: string, sessions: readonly { accessToken: string }[] | undefined): string[] {
  return (sessions ?? []).map(({ accessToken }) => `${what} ${accessToken}`);
}

const tokens = async ({ sessions }: ReturnType<typeof openWindow>) =>
  (await sessions.getSessions(["mcp"])).map(({ accessToken }) => accessToken);

describe("signing in", () => {
  test("gives a session, stores it, and tells every window", async () => {
    const [one, two] = [openWindow(), openWindow()];
    const session = await one.sessions.createSession(["mcp"]);
    expect(session).toMatchObject({
      accessToken: "access-1",
      scopes: ["mcp"],
      account: { label: "memory.example.org" },
    });
    expect(await tokens(two)).toEqual(["access-1"]);
    expect([one.changes, two.changes]).toEqual([[["added access-1"]], [["added access-1"]]]);
  });

  test("AUT-06: exchanges the code with the verifier of the challenge, at the address that was asked with", async () => {
    await openWindow().sessions.createSession(["mcp"]);
    const [asked, redeemed] = double.requests;
    expect(redeemed?.get("redirect_uri")).toBe(asked?.get("redirect_uri"));
    const digest = await crypto.subtle.digest(
      "SHA-256",
      new TextEncoder().encode(redeemed?.get("code_verifier") ?? ""),
    );
    expect(Buffer.from(digest).toString("base64url")).toBe(asked?.get("code_challenge"));
  });

  test("asks for full access when an editor names no scope, and for nothing that the server does not have", async () => {
    const { sessions } = openWindow();
    expect((await sessions.createSession([])).scopes).toEqual(["mcp"]);
    await expect(sessions.createSession(["admin"])).rejects.toMatchObject({ name: "Refusal" });
  });

  test("anew ends the sign-in before it at the server", async () => {
    const window = openWindow();
    await window.sessions.createSession(["mcp"]);
    await window.sessions.createSession(["mcp"]);
    expect(double.revoked).toEqual(["refresh-1"]);
    expect(await tokens(window)).toEqual(["access-2"]);
    expect(window.changes).toEqual([["added access-1"], ["added access-2", "removed access-1"]]);
  });

  test("that the person stops leaves everything as it was", async () => {
    const window = openWindow();
    await window.sessions.createSession(["mcp"]);
    const other = openWindow({ askBrowser: () => Promise.reject(new Canceled()) });
    await expect(other.sessions.createSession(["mcp"])).rejects.toThrow(Canceled);
    expect(await tokens(window)).toEqual(["access-1"]);
  });

  test("with a key takes the session's place and ends it", async () => {
    const window = openWindow();
    await window.sessions.createSession(["mcp"]);
    await window.sessions.useKey("psy_key");
    expect(await tokens(window)).toEqual([]);
    expect(await window.store.read(SERVER)).toMatchObject({ kind: "api_key", key: "psy_key" });
    expect(double.revoked).toEqual(["refresh-1"]);
  });
});

describe("renewing", () => {
  test("happens silently when the token is about to end, and not before", async () => {
    const window = openWindow();
    const { id } = await window.sessions.createSession(["mcp"]);
    now += LIFETIME_MS - 61_000;
    expect(await tokens(window)).toEqual(["access-1"]);
    now += 2_000;
    expect(await tokens(window)).toEqual(["access-2"]);
    expect((await window.sessions.getSessions())[0]?.id).toBe(id);
    expect(window.changes).toEqual([["added access-1"], ["changed access-2"]]);
  });

  test("REF-01: uses each refresh token once, whoever asks at the same time in one window", async () => {
    const window = openWindow();
    await window.sessions.createSession(["mcp"]);
    now += LIFETIME_MS;
    const all = await Promise.all(Array.from({ length: 20 }, () => tokens(window)));
    expect(new Set(all.flat())).toEqual(new Set(["access-2"]));
    expect(double.requests.filter((request) => request.get("grant_type") === "refresh_token")).toHaveLength(1);
  });

  test("takes what another window has renewed instead of using its own, older token", async () => {
    const [one, two] = [openWindow(), openWindow()];
    await one.sessions.createSession(["mcp"]);
    await tokens(two);
    now += LIFETIME_MS;
    expect(await tokens(one)).toEqual(["access-2"]);
    expect(await tokens(two)).toEqual(["access-2"]);
    expect(two.changes).toEqual([["added access-1"], ["changed access-2"]]);
  });

  test("REF-02: two windows at the same moment keep the sign-in, even at a server that honors a token only once", async () => {
    const [one, two] = [openWindow(), openWindow()];
    await one.sessions.createSession(["mcp"]);
    now += LIFETIME_MS;
    // Both have read the same refresh token; the answer of the first is stored before the second hears that it came too late.
    const slow = Promise.withResolvers<void>();
    const late = openWindow({
      fetch: async (input, init) => {
        const isToken = String(input).endsWith("/oauth/token");
        if (isToken) await slow.promise;
        return double.fetch(input, init);
      },
    });
    const pending = tokens(late);
    expect(await tokens(one)).toEqual(["access-2"]);
    slow.resolve();
    expect(await pending).toEqual(["access-2"]);
    expect(await tokens(two)).toEqual(["access-2"]);
    expect([...one.ended, ...late.ended]).toEqual([]);
  });

  test("does not bring back what was signed out meanwhile: the new token is revoked", async () => {
    const [one, two] = [openWindow(), openWindow()];
    await one.sessions.createSession(["mcp"]);
    now += LIFETIME_MS;
    const held = Promise.withResolvers<void>();
    double.hold = held.promise;
    const renewing = tokens(one);
    await expect.poll(() => double.requests.at(-1)?.get("grant_type")).toBe("refresh_token");
    await two.sessions.signOut();
    held.resolve();
    expect(await renewing).toEqual([]);
    expect(await one.store.read(SERVER)).toBeUndefined();
    expect(double.revoked).toContain("refresh-2");
  });

  test.each(["unreachable", "unavailable"] as const)("keeps the session when the server is %s", async (fault) => {
    const window = openWindow();
    await window.sessions.createSession(["mcp"]);
    now += LIFETIME_MS;
    double.fault = fault;
    expect(await tokens(window)).toEqual(["access-1"]);
    await expect(window.sessions.renew("access-1")).rejects.toMatchObject({ name: "Refusal", next: "retry" });
    double.fault = undefined;
    expect(await tokens(window)).toEqual(["access-2"]);
    expect(window.ended).toEqual([]);
  });

  test("replaces a token that the server refused before its time", async () => {
    const window = openWindow();
    await window.sessions.createSession(["mcp"]);
    expect(await window.sessions.renew("access-1")).toBe("access-2");
    // Refused in another window meanwhile: what is stored is newer, and good.
    expect(await window.sessions.renew("access-1")).toBe("access-2");
  });

  test("sends a refresh token to no other authorization server than the one that gave it", async () => {
    await openWindow().sessions.createSession(["mcp"]);
    now += LIFETIME_MS;
    double.issuer = OTHER;
    const window = openWindow();
    await expect(window.sessions.renew("access-1")).rejects.toThrow("another authorization server");
    expect(double.requests.filter((request) => request.get("grant_type") === "refresh_token")).toEqual([]);
  });
});

describe("REF-11: withdrawn by the person", () => {
  test("the session is removed, every window hears of it, and the one that noticed says so once", async () => {
    const [one, two] = [openWindow(), openWindow()];
    await one.sessions.createSession(["mcp"]);
    await tokens(two);
    double.withdraw();
    expect(await one.sessions.renew("access-1")).toBeUndefined();
    expect([await tokens(one), await tokens(two)]).toEqual([[], []]);
    expect([one.ended, two.ended]).toEqual([[SERVER], []]);
    expect(one.changes.at(-1)).toEqual(["removed access-1"]);
    expect(two.changes.at(-1)).toEqual(["removed access-1"]);
  });
});

describe("signing out", () => {
  test("forgets the session here and ends it at the server", async () => {
    const window = openWindow();
    const { id } = await window.sessions.createSession(["mcp"]);
    await window.sessions.removeSession(id);
    expect(secrets.values.size).toBe(0);
    expect(double.revoked).toEqual(["refresh-1"]);
    expect(window.changes.at(-1)).toEqual(["removed access-1"]);
    expect(await window.sessions.signOut()).toBe(false);
  });

  test("works when the server cannot be reached", async () => {
    await openWindow().sessions.createSession(["mcp"]);
    const offline = openWindow({ fetch: () => Promise.reject(new TypeError("fetch failed")) });
    expect(await offline.sessions.signOut()).toBe(true);
    expect(secrets.values.size).toBe(0);
  });

  test("of a session that is not there anymore leaves the newer one", async () => {
    const window = openWindow();
    const { id } = await window.sessions.createSession(["mcp"]);
    await window.sessions.createSession(["mcp"]);
    await window.sessions.removeSession(id);
    expect(await tokens(window)).toEqual(["access-2"]);
  });
});

describe("which session", () => {
  test("another server gets none of this one's tokens, and the editor hears that it is gone", async () => {
    const window = openWindow();
    await window.sessions.createSession(["mcp"]);
    server = OTHER;
    await window.sessions.tell();
    expect(await window.sessions.getSessions()).toEqual([]);
    expect(window.changes.at(-1)).toEqual(["removed access-1"]);
    server = SERVER;
    await window.sessions.tell();
    expect(window.changes.at(-1)).toEqual(["added access-1"]);
  });

  test("while what is set is no address there is none, and afterwards there is one again", async () => {
    const window = openWindow({
      server: () => {
        if (server === "") throw new Refusal("Set an address.");
        return server;
      },
    });
    await window.sessions.createSession(["mcp"]);
    server = "";
    await window.sessions.tell();
    server = SERVER;
    await window.sessions.tell();
    expect(window.changes).toEqual([["added access-1"], ["removed access-1"], ["added access-1"]]);
  });

  test.each([
    [["mcp"], ["mcp:read"], 1],
    [["mcp:read"], ["mcp:read"], 1],
    [["mcp:read"], ["mcp"], 0],
    [["mcp:read"], ["mcp:write"], 0],
  ])("one that was asked with %j is for %j: %i", async (asked, wanted, count) => {
    const { sessions } = openWindow();
    await sessions.createSession(asked);
    expect(await sessions.getSessions(wanted)).toHaveLength(count);
  });

  test("what cannot be read is no session", async () => {
    for (const text of ["", "no JSON", "null", "[]", '{"kind":"oauth"}', '{"kind":"api_key"}', '{"kind":"new"}']) {
      secrets.values.set(`credential:${SERVER}`, text);
      expect(await openWindow().sessions.getSessions()).toEqual([]);
    }
  });
});
