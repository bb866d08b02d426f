import { createHash } from "node:crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { OPERATOR } from "#lib/audit/actor.ts";
import { createClient } from "#lib/clients/create-client.ts";
import { db, inTransaction } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { sessionCookie } from "#lib/sessions/session-cookie.ts";
import { startSession } from "#lib/sessions/start-session.ts";
import { cookieJar, REDIRECT_URI, testAuthorizationServer } from "#test/authorization-server.ts";
import {
  type AskOptions,
  type AuthorizeAnswer,
  askAuthorize,
  authorizeForm,
  type Values,
} from "#test/authorize-request.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { allowConsent } from "./consent/interactions.ts";

testDatabase();
const server = testAuthorizationServer();
let clientId = "";
let web = "";
const WEB_REDIRECT = "https://app.example.org/callback";

beforeAll(async () => {
  clientId = (await server.register({ client_name: newId() })).json.client_id;
  web = (await server.register({ client_name: newId(), redirect_uris: [WEB_REDIRECT] })).json.client_id;
});

const ask = (changes: Values = {}, options: AskOptions = {}) =>
  askAuthorize(server.url(), authorizeForm(server.url(), clientId, changes), options);
const errorOf = ({ location }: AuthorizeAnswer) => location?.searchParams.get("error");
const errorBody = ({ text }: AuthorizeAnswer) => (JSON.parse(text) as { error: string }).error;

/** The error came back to the client, with everything that it needs to know whose answer to which request that is. */
function expectSentBack(answer: AuthorizeAnswer, error: string): void {
  expect(answer.status).toBe(303);
  expect(`${answer.location?.origin}${answer.location?.pathname}`).toBe(REDIRECT_URI);
  expect(Object.fromEntries(answer.location?.searchParams ?? [])).toMatchObject({
    error,
    state: "a state",
    iss: server.url(),
  });
  expect(answer.location?.searchParams.has("code")).toBe(false);
}

describe("what is not sent back", () => {
  test("AUT-02 S11: an unknown client gets 400 invalid_client and no redirect, a browser a page", async () => {
    const answer = await ask({ client_id: "psc_unknown" });
    expect([answer.status, answer.location, errorBody(answer)]).toEqual([400, undefined, "invalid_client"]);
    const page = await ask({ client_id: "psc_unknown" }, { accept: "text/html" });
    expect([page.status, page.location]).toEqual([400, undefined]);
  });

  test.each([
    ["another path", "http://127.0.0.1/other"],
    ["a path below it", "http://127.0.0.1/callback/more"],
    ["a query", "http://127.0.0.1/callback?next=https://evil.example"],
    ["a slash at the end", "http://127.0.0.1/callback/"],
    ["another case", "http://127.0.0.1/Callback"],
    ["dots that a browser would resolve", "http://127.0.0.1/x/../callback"],
    ["percent-encoding", "http://127.0.0.1/%63allback"],
    ["a user name", "http://127.0.0.1@evil.example/callback"],
    ["a user name before it", "http://evil@127.0.0.1/callback"],
    ["a fragment", "http://127.0.0.1/callback#x"],
    ["another scheme", "https://127.0.0.1/callback"],
    ["localhost for 127.0.0.1", "http://localhost/callback"],
    ["[::1] for 127.0.0.1", "http://[::1]/callback"],
    ["another loopback address", "http://127.0.0.2/callback"],
    ["another spelling of the address", "http://127.1/callback"],
    ["no number as port", "http://127.0.0.1:x/callback"],
    ["another host", "https://evil.example/callback"],
    ["a script", "javascript:alert(1)"],
  ])(
    "AUT-03 AUT-04 attack 11: %s is another redirect URI: 400 invalid_redirect_uri, no redirect",
    async (_name, uri) => {
      const answer = await ask({ redirect_uri: uri });
      expect([answer.status, answer.location, answer.page]).toEqual([400, undefined, undefined]);
      expect(errorBody(answer)).toBe("invalid_redirect_uri");
    },
  );

  test("AUT-03 attack 11: of two redirect URIs none is taken: the error goes where the client registered", async () => {
    for (const redirect_uri of [
      [REDIRECT_URI, "https://evil.example/"],
      ["https://evil.example/", REDIRECT_URI],
    ]) {
      expectSentBack(await ask({ redirect_uri }), "invalid_request");
    }
  });

  test("AUT-04: any port of a loopback address will do, of the IP and of localhost alike; of a web address none", async () => {
    const both = ["http://127.0.0.1:5000/a", "http://localhost/b", "http://[::1]/c"];
    const { client_id } = (await server.register({ client_name: newId(), redirect_uris: both })).json;
    for (const uri of [
      "http://127.0.0.1:49152/a",
      "http://127.0.0.1/a",
      "http://localhost:8080/b",
      "http://[::1]:1/c",
    ]) {
      expect((await ask({ client_id, redirect_uri: uri })).page).toMatch(/^\/consent\//);
    }
    for (const uri of ["http://localhost:5000/a", "http://127.0.0.1:8080/b"]) {
      expect(errorBody(await ask({ client_id, redirect_uri: uri }))).toBe("invalid_redirect_uri");
    }
    for (const uri of [`${WEB_REDIRECT.replace(".org", ".org:8443")}`, `${WEB_REDIRECT}/`]) {
      expect(errorBody(await ask({ client_id: web, redirect_uri: uri }))).toBe("invalid_redirect_uri");
    }
  });

  test("AUT-03 attack 11: whatever the redirect URI is, only a registered one is sent to", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.webUrl({ withFragments: true, withQueryParameters: true }), fc.string({ minLength: 1 })),
        async (uri) => {
          const { status, location, page } = await ask({ redirect_uri: uri });
          expect([status, location, page]).toEqual([400, undefined, undefined]);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("what is sent back as an error", () => {
  const CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
  test.each<[string, Values, string]>([
    ["no code_challenge", { code_challenge: undefined, code_challenge_method: undefined }, "invalid_request"],
    ["an empty code_challenge", { code_challenge: "" }, "invalid_request"],
    ["a code_challenge that is too short", { code_challenge: "short" }, "invalid_request"],
    ["the method plain", { code_challenge: CHALLENGE, code_challenge_method: "plain" }, "invalid_request"],
    [
      "no method, which means plain",
      { code_challenge: CHALLENGE, code_challenge_method: undefined },
      "invalid_request",
    ],
    ["an unknown method", { code_challenge_method: "S512" }, "invalid_request"],
    ["a method in another case", { code_challenge_method: "s256" }, "invalid_request"],
  ])("AUT-05 attack 12: %s", async (_name, changes, error) => {
    expectSentBack(await ask(changes), error);
  });

  test.each([
    ["none", "http://127.0.0.1/callback"],
    ["client_secret_basic", WEB_REDIRECT],
    ["client_secret_post", WEB_REDIRECT],
  ])("AUT-05 attack 12: no kind of client goes without PKCE: %s", async (method, uri) => {
    const { client_id } = (
      await server.register({ client_name: newId(), token_endpoint_auth_method: method, redirect_uris: [uri] })
    ).json;
    const form = { client_id, redirect_uri: uri };
    const without = await ask({ ...form, code_challenge: undefined, code_challenge_method: undefined });
    expect(errorOf(without)).toBe("invalid_request");
    expect(errorOf(await ask({ ...form, code_challenge: CHALLENGE, code_challenge_method: "plain" }))).toBe(
      "invalid_request",
    );
    expect((await ask(form)).page).toMatch(/^\/consent\//);
  });

  test.each(["token", "id_token", "code token", "code id_token", "id_token token", "none", "CODE"])(
    "AUT-07 attack 17: response_type=%s",
    async (response_type) => {
      const answer = await ask({ response_type, nonce: "n" });
      expect(answer.status).toBe(303);
      const sent = new URLSearchParams(answer.location?.search || answer.location?.hash.slice(1));
      expect([response_type, sent.get("error")]).toEqual([response_type, "unsupported_response_type"]);
      expect([sent.get("state"), sent.get("iss"), sent.get("code")]).toEqual(["a state", server.url(), null]);
    },
  );

  test("AUT-22 attack 17: prompt=none never goes without the page: login_required, for native and web clients", async () => {
    expectSentBack(await ask({ prompt: "none" }), "login_required");
    const answer = await ask({ client_id: web, redirect_uri: WEB_REDIRECT, prompt: "none" });
    expect(errorOf(answer)).toBe("login_required");
  });

  test("AUT-10 AUT-18 attack 24: every error that goes back has state and iss, by 303, GET and POST alike", async () => {
    const wrong: [Values, string][] = [
      [{ resource: "https://other.example/" }, "invalid_target"],
      [{ prompt: "none" }, "login_required"],
      [{ prompt: "none login" }, "invalid_request"],
      [{ prompt: "sometimes" }, "invalid_request"],
      [{ max_age: "-1" }, "invalid_request"],
      [{ request: "eyJhbGciOiJub25lIn0.e30." }, "request_not_supported"],
      [{ registration: "{}" }, "registration_not_supported"],
    ];
    for (const [changes, error] of wrong) {
      expectSentBack(await ask(changes), error);
      expectSentBack(await ask(changes, { method: "POST" }), error);
    }
  });
});

describe("errors of clients that registered themselves", () => {
  const HTML = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
  const toStranger = (changes: Values, accept = HTML.accept) =>
    ask({ client_id: web, redirect_uri: WEB_REDIRECT, ...changes }, { accept });
  const errors: Values[] = [
    { prompt: "none" },
    { scope: "mcp", response_type: "token" },
    { resource: "https://other.example/" },
    { prompt: "none", response_mode: "form_post" },
    { code_challenge_method: "plain" },
  ];

  test.each(errors)(
    "BCP-03 attack 11: %j sends nobody to a website that nobody has checked: a page with 400 instead",
    async (changes) => {
      const answer = await toStranger(changes);
      expect([answer.status, answer.location, answer.text]).toEqual([400, undefined, "a page"]);
      expect(answer.headers.get("content-security-policy") ?? "").not.toContain("script-src");
    },
  );

  test("AUT-22: programs, loopback addresses and apps of a scheme get their answer as ever", async () => {
    expect(errorOf(await toStranger({ prompt: "none" }, "application/json"))).toBe("login_required");
    expect(errorOf(await toStranger({ prompt: "none" }, "*/*"))).toBe("login_required");
    expectSentBack(await ask({ prompt: "none" }, HTML), "login_required");
    const scheme = "cursor://anysphere.cursor-mcp/oauth/callback";
    const { client_id } = (await server.register({ client_name: newId(), redirect_uris: [scheme] })).json;
    expect(errorOf(await ask({ client_id, redirect_uri: scheme, prompt: "none" }, HTML))).toBe("login_required");
  });

  test("AUT-22: a website whose client the operator added is sent to", async () => {
    const kind = { isConfidential: false, isResourceServer: false };
    const known = await createClient(OPERATOR, { name: "Portal", redirectUris: [WEB_REDIRECT], ...kind });
    const answer = await ask({ client_id: known.id, redirect_uri: WEB_REDIRECT, prompt: "none" }, HTML);
    expect(errorOf(answer)).toBe("login_required");
  });

  test("AUT-22: whoever has allowed the client something is sent to its website, nobody else is", async () => {
    const [owner, other] = [await insertUser(), await insertUser()];
    const connected = await server.connect(owner.id, { clientId: web, parameters: { redirect_uri: WEB_REDIRECT } });
    expect(connected.access_token).not.toBe("");
    const silently = async (userId: string) => {
      const { token } = await inTransaction((tx) => startSession(tx, userId, {}, new Date()));
      const cookie = `${sessionCookie(server.url()).name}=${token}`;
      const form = authorizeForm(server.url(), web, { redirect_uri: WEB_REDIRECT, prompt: "none" });
      const headers = { ...HTML, cookie };
      const answer = await fetch(`${server.url()}/oauth/authorize?${form}`, { headers, redirect: "manual" });
      return [answer.status, answer.headers.get("location")?.split("?")[0]];
    };
    expect(await silently(owner.id)).toEqual([303, WEB_REDIRECT]);
    expect(await silently(other.id)).toEqual([400, undefined]);
  });
});

describe("parameters", () => {
  test.each([
    "response_type",
    "client_id",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
    "prompt",
    "response_mode",
    "nonce",
  ])("AUT-08: %s twice is invalid_request", async (name) => {
    const value = authorizeForm(server.url(), clientId).get(name) ?? "x";
    const answer = await ask({ [name]: [value, value] });
    if (answer.location) expect(errorOf(answer)).toBe("invalid_request");
    else expect([answer.status, errorBody(answer)]).toEqual([400, "invalid_request"]);
    expect(answer.page).toBeUndefined();
  });

  test("AUT-09: parameters that nobody knows are ignored", async () => {
    const answer = await ask({ utm_source: "x", "a[]": ["1", "2"], __proto__: "x", access_type: "offline" });
    expect(answer.page).toMatch(/^\/consent\//);
  });

  test("AUT-26: a posted form is taken as the same request in a query is", async () => {
    const answer = await ask({}, { method: "POST" });
    expect([answer.status, answer.page]).toEqual([303, expect.stringMatching(/^\/consent\//)]);
    const unknown = await ask({ client_id: "psc_unknown" }, { method: "POST" });
    expect([unknown.status, errorBody(unknown)]).toEqual([400, "invalid_client"]);
    const other = await fetch(`${server.url()}/oauth/authorize`, { method: "PUT", redirect: "manual" });
    expect([other.status, other.headers.get("allow")]).toEqual([405, "GET, POST"]);
  });

  test("attack 17: a request that was begun cannot be changed on its way back, nor gone on with from another browser", async () => {
    const browser = cookieJar();
    const begun = await browser.get(`${server.url()}/oauth/authorize?${authorizeForm(server.url(), clientId)}`);
    const uid = (begun.headers.get("location") ?? "").slice("/consent/".length);
    const resume = `${server.url()}/oauth/authorize/${uid}`;
    // Not answered yet: it asks again, whatever is added.
    for (const more of ["", "?response_type=token", "?prompt=none", "?redirect_uri=https://evil.example/"]) {
      const answer = await browser.get(resume + more);
      expect(new URL(answer.headers.get("location") ?? "", server.url()).origin).not.toBe("https://evil.example");
      expect(answer.headers.get("location") ?? "").not.toContain("code=");
      expect(answer.headers.get("location") ?? "").not.toContain("access_token=");
    }
    const stranger = await fetch(resume, { redirect: "manual", headers: { accept: "application/json" } });
    expect([stranger.status, stranger.headers.get("location")]).toEqual([400, null]);
    const cookies = browser
      .cookies()
      .replace(/([^=; ]+)=(.)/g, (_all, name, first) => `${name}=${first === "x" ? "y" : "x"}`);
    const tampered = await fetch(resume, {
      redirect: "manual",
      headers: { accept: "application/json", cookie: cookies },
    });
    expect([tampered.status, tampered.headers.get("location")]).toEqual([400, null]);
  });
});

test("AUT-23: the answer comes in the query, or, if the client wants, in a form that its own page is posted; errors alike", async () => {
  const browser = cookieJar();
  const form = authorizeForm(server.url(), clientId, { response_mode: "form_post", state: '"><script>x' });
  const begun = await browser.get(`${server.url()}/oauth/authorize?${form}`);
  const uid = (begun.headers.get("location") ?? "").slice("/consent/".length);
  const actor = { kind: "user", userId: (await insertUser()).id, isAdministrator: false } as const;
  const page = await browser.get(await allowConsent(actor, uid, browser.cookies(), "mcp"));
  expect([page.status, page.headers.get("location")]).toEqual([200, null]);
  expect(page.headers.get("content-type")).toMatch(/^text\/html/);
  expect(page.headers.get("cache-control")).toBe("no-store");
  expect(page.text).toMatch(new RegExp(`<form method="post" action="${REDIRECT_URI}">`));
  for (const name of ["code", "state", "iss"]) expect(page.text).toContain(`name="${name}"`);
  expect(page.text).not.toContain("<script>x");
  // It has a code in it: nobody may frame it or learn its address, and no script runs but the one that posts it.
  const script = /<script>([^<]*)<\/script>/.exec(page.text)?.[1] ?? "";
  const sha = createHash("sha256").update(script).digest("base64");
  expect(page.headers.get("content-security-policy")).toBe(
    `default-src 'none';script-src 'sha256-${sha}';base-uri 'none';frame-ancestors 'none'`,
  );
  expect(page.headers.get("x-content-type-options")).toBe("nosniff");
  expect(page.headers.get("referrer-policy")).toBe("no-referrer");
  expect(begun.headers.get("content-security-policy")).toBeNull();
  const failed = await ask({ response_mode: "form_post", prompt: "none" });
  expect([failed.status, failed.location]).toEqual([400, undefined]);
  expect(failed.text).toContain("login_required");
  expect(errorOf(await ask({ response_mode: "web_message" }))).toBe("unsupported_response_mode");
});

test("AUT-22 attack 17: when another person signs in in the same browser, the next authorization is theirs", async () => {
  const browser = cookieJar();
  for (const { id } of [await insertUser(), await insertUser()]) {
    const begun = await browser.get(`${server.url()}/oauth/authorize?${authorizeForm(server.url(), clientId)}`);
    const uid = (begun.headers.get("location") ?? "").slice("/consent/".length);
    const actor = { kind: "user", userId: id, isAdministrator: false } as const;
    const resumed = await browser.get(await allowConsent(actor, uid, browser.cookies(), "mcp"));
    expect(resumed.status).toBe(303);
    expect(new URL(resumed.headers.get("location") ?? "").searchParams.get("code")).toMatch(/./);
    const grant = await db().oAuthGrant.findFirstOrThrow({ where: { clientId }, orderBy: { id: "desc" } });
    expect(grant.userId).toBe(id);
  }
  expect(await db().oAuthArtifact.count({ where: { model: "Session" } })).toBe(0);
});

test("a request has four cookies, on its own two paths and httpOnly; once it is answered none is left, and none is for all pages", async () => {
  const [user, browser] = [await insertUser(), cookieJar()];
  const begun = await browser.get(`${server.url()}/oauth/authorize?${authorizeForm(server.url(), clientId)}`);
  const uid = (begun.headers.get("location") ?? "").slice("/consent/".length);
  const facts = begun.headers.getSetCookie().map((cookie) => {
    const [pair = "", path] = cookie.split("; ");
    return [pair.split("=")[0], path, cookie.includes("httponly") && cookie.includes("samesite=lax")];
  });
  expect(facts).toEqual([
    ["pensyve-interaction", `path=/consent/${uid}`, true],
    ["pensyve-interaction.sig", `path=/consent/${uid}`, true],
    ["pensyve-resume", `path=/oauth/authorize/${uid}`, true],
    ["pensyve-resume.sig", `path=/oauth/authorize/${uid}`, true],
  ]);
  const actor = { kind: "user", userId: user.id, isAdministrator: false } as const;
  const resumed = await browser.get(await allowConsent(actor, uid, browser.cookies(), "mcp"));
  expect(resumed.headers.get("location")).toContain("code=");
  for (const cookie of resumed.headers.getSetCookie()) {
    expect(cookie).toMatch(/^pensyve-resume(\.sig)?=.*; path=\/oauth\/authorize\/.*expires=Thu, 01 Jan 1970/);
  }
});

test("AUT-01 AUT-18 attack 24: the answer is a 303 to the redirect URI with code, the state as it was, and iss; the port is the client's", async () => {
  const user = await insertUser();
  const state = "% &=+ü'\"<x>";
  const redirect_uri = "http://127.0.0.1:49152/callback";
  const { location } = await server.authorize({ clientId, userId: user.id, parameters: { state, redirect_uri } });
  expect(`${location.origin}${location.pathname}`).toBe(redirect_uri);
  expect([...location.searchParams.keys()].sort()).toEqual(["code", "iss", "state"]);
  expect([location.searchParams.get("state"), location.searchParams.get("iss")]).toEqual([state, server.url()]);
  expect(location.hash).toBe("");
});
