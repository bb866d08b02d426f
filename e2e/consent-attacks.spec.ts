import { seedPerson, signInAs } from "./dashboard.ts";
import { expect, test } from "./fixtures.ts";
import { appOf, registerApp, startApp } from "./oauth-app.ts";
import { answerPlainly, askPlainly, goOn } from "./plain-consent.ts";
import { plainRequest } from "./plain-http.ts";
import type { Seeded } from "./seed-keys.ts";

const REDIRECT_URI = "http://127.0.0.1:43210/callback";
let person: Seeded;
test.beforeAll(async ({ server }) => {
  person = await seedPerson(server, "empty");
});

test("AUT-15 attack 21: an answer counts only from the page that this session was shown for this request", async ({
  server,
}) => {
  const app = await registerApp(server, { redirectUri: REDIRECT_URI });
  const asked = await askPlainly(server, app, person.session);
  const another = await askPlainly(server, app, person.session);
  const stranger = await seedPerson(server, "empty");
  const theirs = await askPlainly(server, app, stranger.session);
  const cookieOfStranger = `${asked.requestCookie}; pensyve-session=${stranger.session}`;
  expect(asked.token).toMatch(/^[\w-]{43}$/);
  const refused: [string, Promise<{ status: number; headers: { location?: string | undefined } }>, string][] = [
    ["no token", answerPlainly(server, asked, { token: "" }), "foreign"],
    ["a token of another request", answerPlainly(server, asked, { token: another.token }), "foreign"],
    ["a token of another session", answerPlainly(server, asked, { token: theirs.token }), "foreign"],
    ["a session of another person", answerPlainly(server, { ...asked, cookie: cookieOfStranger }), "foreign"],
    ["no session", answerPlainly(server, { ...asked, cookie: asked.requestCookie }), "signed-out"],
    ["another browser", answerPlainly(server, { ...asked, cookie: `pensyve-session=${person.session}` }), "expired"],
    ["another request's cookie", answerPlainly(server, { ...asked, cookie: another.cookie }), "expired"],
    ["neither answer", answerPlainly(server, asked, { answer: "yes" }), "invalid"],
    ["no scope", answerPlainly(server, asked, { scope: "" }), "invalid"],
    ["an unknown scope", answerPlainly(server, asked, { scope: "admin" }), "invalid"],
    ["a large form", answerPlainly(server, asked, { more: "x".repeat(10_000) }), "invalid"],
    ["no form", answerPlainly(server, asked, {}, { "content-type": "application/json" }), "invalid"],
  ];
  for (const [what, sent, kind] of refused) {
    const answer = await sent;
    expect(answer.status, what).toBe(303);
    expect(answer.headers.location, what).toMatch(new RegExp(`^/consent/error\\?kind=${kind}(&|$)`));
  }
  for (const origin of ["https://evil.example", "null", ""]) {
    expect((await answerPlainly(server, asked, {}, { origin })).status, `Origin ${origin}`).toBe(403);
  }
  const byGet = `/consent/${asked.uid}/answer?token=${asked.token}&answer=allow&scope=mcp`;
  expect((await plainRequest(server, byGet, { headers: { cookie: asked.cookie } })).status).toBe(405);
  // After all of this the request is still open, and its own page can answer it.
  const answer = await goOn(server, asked, await answerPlainly(server, asked));
  expect((await app.exchange(answer ?? new URL(REDIRECT_URI))).status).toBe(200);
});

test("AUT-15: of many answers at once one counts", async ({ server }) => {
  const app = await registerApp(server, { redirectUri: REDIRECT_URI });
  const asked = await askPlainly(server, app, person.session);
  const sent = Array.from({ length: 6 }, (_, index) =>
    answerPlainly(server, asked, { answer: index % 2 === 0 ? "allow" : "deny" }),
  );
  const went = (await Promise.all(sent)).filter(({ headers }) => !headers.location?.startsWith("/consent/error"));
  expect(went).toHaveLength(1);
  const again = await answerPlainly(server, asked);
  expect(again.headers.location).toBe("/consent/error?kind=answered");
});

test("attack 17: a changed cookie or a changed request grants nothing", async ({ server }) => {
  const app = await registerApp(server, { redirectUri: REDIRECT_URI, scope: "mcp:read" });
  const asked = await askPlainly(server, app, person.session);
  const parts = asked.requestCookie.split("; ");
  // The cookie and its signature.
  expect(parts.filter((part) => part.startsWith("pensyve-interaction"))).toHaveLength(2);
  for (const [index, part] of parts.entries()) {
    const changed = parts.with(index, `${part.slice(0, -1)}${part.endsWith("A") ? "B" : "A"}`).join("; ");
    if (!part.startsWith("pensyve-interaction")) continue;
    const cookie = `${changed}; pensyve-session=${person.session}`;
    expect((await plainRequest(server, `/consent/${asked.uid}`, { headers: { cookie } })).status).toBe(403);
    const answer = await answerPlainly(server, { ...asked, cookie }, { scope: "mcp:read" });
    expect(answer.headers.location).toBe("/consent/error?kind=expired");
  }
  // More than was asked, and a request that the provider never made.
  for (const scope of ["mcp", "mcp:write", "mcp:read mcp:write"]) {
    expect((await answerPlainly(server, asked, { scope })).headers.location).toBe("/consent/error?kind=invalid");
  }
  // The provider goes on with nothing before the answer, whatever the address says.
  const unanswered = await plainRequest(server, `/oauth/authorize/${asked.uid}?code=1&consent=1`, {
    headers: { cookie: asked.cookie, accept: "text/html" },
  });
  expect(unanswered.headers.location ?? "").not.toContain("code=");
});

test("attacks 21 and 31, AUT-16 AUT-17: consent and its errors cannot be framed, sniffed or stored; forms may lead to the app", async ({
  server,
  page,
  context,
}) => {
  const app = await registerApp(server, { redirectUri: REDIRECT_URI });
  const asked = await askPlainly(server, app, person.session);
  const unknown = new URL(appOf(server, "gone", { redirectUri: REDIRECT_URI }).authorizeUrl());
  const error = await plainRequest(server, unknown.pathname + unknown.search, { headers: { accept: "text/html" } });
  for (const { headers, body } of [asked.page, error]) {
    const policy = String(headers["content-security-policy"]);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe-");
    expect(headers["x-frame-options"]).toBe("DENY");
    expect(headers["referrer-policy"]).toBe("same-origin");
    expect(headers["cache-control"]).toMatch(/no-store/);
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(body).not.toMatch(/<[^>]+ style="/);
  }
  expect(asked.page.headers["content-security-policy"]).not.toContain("form-action");
  await signInAs(context, server, person);
  await page.setContent(`<iframe src="${app.authorizeUrl().replaceAll("&", "&amp;")}"></iframe>`);
  await expect.poll(() => page.frames().at(1)?.url()).toMatch(/^chrome-error:/);
});

test("attacks 20 and 33, CIM-12 REG-15: what an app says of itself is text; nothing of it is loaded or linked", async ({
  server,
  page,
  context,
}) => {
  await signInAs(context, server, person);
  const outside: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(server.url)) outside.push(request.url());
  });
  page.on("dialog", () => outside.push("a dialog"));
  const app = await registerApp(server, {
    name: `<img src="https://evil.example/x.png" onerror="alert(1)">\u202egnp.\u200b`,
    redirectUri: REDIRECT_URI,
    metadata: { client_uri: "https://evil.example/", logo_uri: "https://evil.example/logo.png" },
  });
  await page.goto(app.authorizeUrl());
  await expect(page.getByText("Nobody has checked who made this app.")).toBeVisible();
  await expect(page.getByText("“<img src=").first()).toBeVisible();
  await expect(page.getByText("unverified", { exact: true })).toBeVisible();
  expect(await page.locator("main img").count()).toBe(0);
  expect(await page.locator("main").textContent()).not.toMatch(/[\u202e\u200b]/);
  expect(await page.locator("a[href*='evil'], a[href^='javascript']").count()).toBe(0);
  expect(outside).toEqual([]);
  for (const client_uri of ["javascript:alert(1)", "data:text/html,x"]) {
    const options = { redirectUri: REDIRECT_URI, metadata: { client_uri } };
    const refused = await registerApp(server, options).catch((failure: unknown) => String(failure));
    if (typeof refused === "string") continue;
    const { page: shown } = await askPlainly(server, refused, person.session);
    expect(shown.body).not.toContain(client_uri);
  }
});

test("CIM-11 AUT-25: a known name with a foreign address is called out", async ({ server, page, context }) => {
  await signInAs(context, server, person);
  const app = await registerApp(server, { name: "Claude Code", redirectUri: "https://claude-login.example/callback" });
  await page.goto(app.authorizeUrl());
  await expect(page.getByText("Its name belongs to another product, or mixes alphabets.")).toBeVisible();
  await expect(page.getByText("claude-login.example")).toBeVisible();
  const loopback = await registerApp(server, { name: "Claude Code", redirectUri: REDIRECT_URI });
  await page.goto(loopback.authorizeUrl());
  await expect(page.getByText("Any program on this computer can ask in this name.")).toBeVisible();
  await expect(
    page.getByText("If the page after Allow does not load, copy its address into the program."),
  ).toBeVisible();
});

test.describe("AUT-02 AUT-03: errors that cannot go back to the app", () => {
  const cases = [
    ["AUT-02: unknown client", "gone", REDIRECT_URI, {}, "This server does not know the app"],
    ["AUT-03: address not registered", "pensyve-claude-code", "https://evil.example/", {}, "The answer would go to an"],
    ["client without an id", "", REDIRECT_URI, {}, "The app’s request is incomplete"],
  ] as const;
  for (const [name, clientId, redirectUri, parameters, title] of cases) {
    test(name, async ({ server }) => {
      const { pathname, search } = new URL(appOf(server, clientId, { redirectUri }).authorizeUrl(parameters));
      const answer = await plainRequest(server, pathname + search, { headers: { accept: "text/html" } });
      expect(answer.status).toBe(400);
      expect(answer.headers.location).toBeUndefined();
      expect(answer.body).toContain(title);
      expect(answer.body).toContain(`400 · request ${answer.headers["x-request-id"]}`);
      const forPrograms = await plainRequest(server, pathname + search, { headers: { accept: "application/json" } });
      expect(forPrograms.status).toBe(400);
      expect(JSON.parse(forPrograms.body)).toHaveProperty("error");
    });
  }

  test("the words come from the server, whatever the address or a header says", async ({ server }) => {
    const answer = await plainRequest(server, "/consent/error?kind=invalid&description=Call%20us&kind2=x", {
      headers: { accept: "text/html", "x-pensyve-oauth-error": "Call%20us" },
    });
    expect(answer.status).toBe(400);
    expect(answer.body).not.toContain("Call us");
    for (const kind of ["__proto__", "toString", "x"]) {
      expect((await plainRequest(server, `/consent/error?kind=${kind}`)).status).toBe(400);
    }
  });
});

test("a request of another browser says so: 403; one of nobody or from yesterday has expired: 410", async ({
  server,
}) => {
  const app = await registerApp(server, { redirectUri: REDIRECT_URI });
  const asked = await askPlainly(server, app, person.session);
  for (const [path, status, words] of [
    [`/consent/${asked.uid}`, 403, "This request began in another browser"],
    ["/consent/nobody", 410, "This link has expired"],
  ] as const) {
    const answer = await plainRequest(server, path, { headers: { cookie: `pensyve-session=${person.session}` } });
    expect(answer.status).toBe(status);
    expect(answer.body).toContain(words);
  }
});

test("BCP-03 attack 11: an error that would go to a website that nobody has checked stays here, with the site named and a link", async ({
  server,
  page,
}) => {
  const app = await registerApp(server, { redirectUri: "https://login.phish.example/callback" });
  const answer = await page.goto(app.authorizeUrl({ prompt: "none" }));
  expect([answer?.status(), new URL(page.url()).origin]).toEqual([400, server.url]);
  await expect(page.getByText("Go on only if you came from login.phish.example and know it.")).toBeVisible();
  const link = page.getByRole("link", { name: "Go back to login.phish.example" });
  const target = new URL((await link.getAttribute("href")) ?? "");
  expect(target.origin + target.pathname).toBe("https://login.phish.example/callback");
  // The client hears what it would have heard.
  const told = { error: "login_required", state: app.state, iss: server.url };
  expect(Object.fromEntries(target.searchParams)).toMatchObject(told);
});

test("nobody but this server says where the page of an error leads", async ({ server }) => {
  const back = encodeURIComponent("https://evil.example/");
  const answer = await plainRequest(server, `/consent/error?kind=stranger&backTo=${back}`, {
    headers: { accept: "text/html", "x-pensyve-oauth-back": back },
  });
  expect(answer.status).toBe(400);
  expect(answer.body).not.toContain("evil.example");
});

test("back from the app: this was answered already, and cannot be answered again", async ({
  server,
  page,
  context,
}) => {
  await signInAs(context, server, person);
  const app = await startApp(server);
  await page.goto(app.authorizeUrl());
  const address = page.url();
  await page.getByRole("button", { name: "Allow", exact: true }).click();
  // The app has its answer before the browser has its page: until then there is nowhere to go back from.
  await expect(page.getByText("You can close this tab.")).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("This was answered already");
  expect((await page.goto(address))?.status()).toBe(410);
  const resumed = await page.goto(`${server.url}/oauth/authorize/${address.split("/").at(-1)}`);
  expect(resumed?.status()).toBe(410);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("This was answered already");
  app.callback.close();
});

test("signed out meanwhile: nothing is granted, and one can sign in and go on", async ({ server, page, context }) => {
  await signInAs(context, server, person);
  const app = await startApp(server);
  await page.goto(app.authorizeUrl());
  await context.clearCookies({ name: "pensyve-session" });
  await page.getByRole("button", { name: "Allow", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("You were signed out meanwhile");
  await page.getByRole("link", { name: "Sign in and go on" }).click();
  await expect(page).toHaveURL(/\/sign-in\?returnTo=%2Fconsent%2F/);
  app.callback.close();
});

test("attack 33: sign-in leads back to this server only", async ({ server }) => {
  const cookie = `pensyve-session=${person.session}`;
  for (const returnTo of ["https://evil.example/consent/x", "//evil.example/consent/x", "/\\evil.example/consent/x"]) {
    const path = `/sign-in?returnTo=${encodeURIComponent(returnTo)}`;
    const { headers } = await plainRequest(server, path, { headers: { cookie } });
    expect(headers.location).toBe("/keys");
  }
  const back = await plainRequest(server, "/sign-in?returnTo=%2Fconsent%2Fabc", { headers: { cookie } });
  expect(back.headers.location).toBe("/consent/abc");
});
