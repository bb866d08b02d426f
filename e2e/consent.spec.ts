import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { recordSecret } from "#test/run-record.ts";
import { callbackServer } from "./callback-server.ts";
import { expect, test } from "./dashboard.ts";
import { ADMINISTRATOR, type RunningServer } from "./fixtures.ts";
import { appOf, registerApp, startApp } from "./oauth-app.ts";

const UNVERIFIED = "Let an unverified app use your memories?";
const allow = (page: Page) => page.getByRole("button", { name: "Allow", exact: true }).click();
const title = (page: Page) => page.getByRole("heading", { level: 1 });

async function signInHere(page: Page): Promise<void> {
  await page.getByLabel("Email").fill(ADMINISTRATOR.email);
  await page.getByLabel("Password").fill(ADMINISTRATOR.password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** A mail without the line breaks of its encoding. */
function decoded(mail: string): string {
  return mail.replace(/=\r?\n/g, "").replace(/_/g, " ");
}

/** What the gateway says of a token. */
async function scopeOf(server: RunningServer, token: string): Promise<{ status: number; scope: unknown }> {
  const answer = await fetch(`${server.url}/v1/me`, { headers: { authorization: `Bearer ${token}` } });
  return { status: answer.status, scope: ((await answer.json()) as { scope?: unknown }).scope };
}

test("AUT-01 AUT-14 AUT-17 AUT-18 SIG-01 SIG-02 SIG-13: from the app through sign-in and consent back to the app, which exchanges its code", async ({
  page,
  server,
}) => {
  const app = await startApp(server, { name: "Memory Helper" });
  await page.goto(app.authorizeUrl());
  await expect(page).toHaveURL(/\/sign-in\?returnTo=%2Fconsent%2F[\w-]+$/);
  await signInHere(page);
  await expect(page).toHaveURL(/\/consent\/[\w-]+$/);
  await expect(page).toHaveTitle(`${UNVERIFIED} · Pensyve`);
  await expect(title(page)).toHaveText(UNVERIFIED);
  await expect(title(page)).toBeFocused();
  await expect(page.getByText(`Signed in as ${ADMINISTRATOR.email}`)).toBeVisible();
  await expect(page.getByText("“Memory Helper”, as it calls itself")).toBeVisible();
  await expect(page.getByText(`${new URL(app.redirectUri).host}, on this computer`)).toBeVisible();
  await expect(page.getByText(`${new URL(server.url).host}/mcp`)).toBeVisible();
  await expect(page.getByText("recall, inspect, status, account")).toBeVisible();
  await expect(page.getByText("remember, observe, episode_start, episode_end, forget").first()).toBeVisible();
  await expect(page.getByText(/^This request ends at \d\d:\d\d/)).toBeVisible();
  const redirects: number[] = [];
  page.on("response", (response) => {
    if (response.status() >= 300 && response.status() < 400) redirects.push(response.status());
  });
  await allow(page);
  const answer = await app.callback.answer;
  expect(redirects).toEqual([303, 303]);
  expect(answer.searchParams.get("state")).toBe(app.state);
  expect(answer.searchParams.get("iss")).toBe(server.url);
  const { status, tokens } = await app.exchange(answer);
  expect(status).toBe(200);
  expect(await scopeOf(server, tokens.access_token)).toEqual({ status: 200, scope: "mcp" });
  // Browsers keep few cookies for a host: an answered request leaves none.
  const left = (await page.context().cookies()).map(({ name }) => name);
  expect(left.filter((name) => /interaction|resume/.test(name))).toEqual([]);
  expect(left).toContain("pensyve-session");
  app.callback.close();
});

test("AUT-10 AUT-14: after Deny the app is told so with state and iss, and has no code", async ({
  page,
  server,
  person,
}) => {
  expect(person.session).not.toBe("");
  const app = await startApp(server);
  await page.goto(app.authorizeUrl());
  await page.getByRole("button", { name: "Deny", exact: true }).click();
  const { searchParams } = await app.callback.answer;
  expect(searchParams.get("error")).toBe("access_denied");
  expect(searchParams.get("state")).toBe(app.state);
  expect(searchParams.get("iss")).toBe(server.url);
  expect(searchParams.has("code")).toBe(false);
  app.callback.close();
});

test("AUT-12 AUT-13: narrowed at consent, the token says so and can no more", async ({ page, server, person }) => {
  expect(person.session).not.toBe("");
  const app = await startApp(server);
  await page.goto(app.authorizeUrl());
  await expect(page.getByRole("radio", { name: /Full access/ })).toBeChecked();
  await page.getByRole("radio", { name: /Read only/ }).check();
  await expect(page.getByText("“Test App” asked for Full access. It cannot: remember, observe,")).toBeVisible();
  await allow(page);
  const { status, tokens } = await app.exchange(await app.callback.answer);
  expect(status).toBe(200);
  expect(tokens.scope.split(" ").filter((name) => name.startsWith("mcp"))).toEqual(["mcp:read"]);
  expect(await scopeOf(server, tokens.access_token)).toEqual({ status: 200, scope: "mcp:read" });
  app.callback.close();
});

test("AUT-14 AUT-15: all of it works before scripts load, and “Not you?” leads to another account and back", async ({
  browser,
  server,
  person,
}) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  await context.addCookies([{ name: "pensyve-session", value: person.session, url: server.url }]);
  const page = await context.newPage();
  const app = await startApp(server);
  await page.goto(app.authorizeUrl());
  await expect(page.getByText(`Signed in as ${person.email}`)).toBeVisible();
  await page.getByRole("button", { name: "Not you?" }).click();
  await expect(page).toHaveURL(/\/sign-in\?returnTo=%2Fconsent%2F/);
  await signInHere(page);
  await expect(page.getByText(`Signed in as ${ADMINISTRATOR.email}`)).toBeVisible();
  await page.getByRole("radio", { name: /Read only/ }).check();
  await allow(page);
  const { tokens } = await app.exchange(await app.callback.answer);
  expect(await scopeOf(server, tokens.access_token)).toEqual({ status: 200, scope: "mcp:read" });
  app.callback.close();
  await context.close();
});

test("attacks 21 and 22, CIM-15 REF-14: asked again and for more, the page says what is added; nothing is allowed by itself, and what was there stays", async ({
  page,
  server,
  person,
}) => {
  expect(person.session).not.toBe("");
  const app = await startApp(server, { name: "Tab Keeper", scope: "mcp:read" });
  await page.goto(app.authorizeUrl());
  await expect(page.getByRole("radio")).toHaveCount(1);
  await allow(page);
  const first = await app.exchange(await app.callback.answer);
  // The very same request is asked again, and so is one for more.
  await page.goto(app.authorizeUrl());
  await expect(title(page)).toHaveText(UNVERIFIED);
  await page.goto(app.authorizeUrl({ scope: "mcp" }));
  // Any program can register in its words, so it is not said that it is the same one.
  await expect(title(page)).toHaveText(UNVERIFIED);
  await expect(page.getByText("Nobody can tell whether it is the app that you allowed before")).toBeVisible();
  const added = page.getByRole("listitem");
  await expect(added).toHaveText([
    "Store memories, and forget all about one entityremember, observe, episode_start, episode_end, forget",
    "On REST, edit a memory and delete all",
    /^Never/,
  ]);
  await expect(page.getByText("If you deny, that one keeps Read only.")).toBeVisible();
  await Promise.all([page.waitForURL(/code=/), allow(page)]);
  const second = await app.exchange(new URL(page.url()));
  expect(await scopeOf(server, second.tokens.access_token)).toEqual({ status: 200, scope: "mcp" });
  expect(await scopeOf(server, first.tokens.access_token)).toEqual({ status: 200, scope: "mcp:read" });
  await page.goto(`${server.url}/activity`);
  await expect(page.getByRole("row", { name: /App widened.*Tab Keeper/ })).toBeVisible();
  await expect(page.getByRole("row", { name: /App connected.*Tab Keeper/ })).toBeVisible();
  app.callback.close();
});

test("AUT-12 AUT-14: an app that is surely the same asks for more; of that, less can be allowed", async ({
  page,
  server,
  person,
}) => {
  expect(person.session).not.toBe("");
  const callback = await callbackServer();
  const app = appOf(server, "pensyve-claude-code", { redirectUri: callback.url });
  await page.goto(app.authorizeUrl({ scope: "mcp:read" }));
  await Promise.all([page.waitForURL(/code=/), allow(page)]);
  expect((await app.exchange(new URL(page.url()))).tokens.scope).toBe("mcp:read");
  await page.goto(app.authorizeUrl({ scope: "mcp" }));
  await expect(title(page)).toHaveText("Pensyve for Claude Code asks for more");
  await expect(page.getByText("If you deny, it keeps Read only.")).toBeVisible();
  await expect(page.getByRole("radio")).toHaveCount(3);
  await page.getByRole("radio", { name: /Read and write/ }).check();
  await Promise.all([page.waitForURL(/code=/), allow(page)]);
  const { tokens } = await app.exchange(new URL(page.url()));
  expect(tokens.scope).toBe("mcp:read mcp:write");
  expect(await scopeOf(server, tokens.access_token)).toEqual({ status: 200, scope: "mcp:read mcp:write" });
  callback.close();
});

test("AUT-17: an app that opens by its own scheme gets the answer, and the page that stays says what happened", async ({
  page,
  server,
  person,
}) => {
  expect(person.session).not.toBe("");
  const redirectUri = "cursor://anysphere.cursor-mcp/oauth/callback";
  const app = await registerApp(server, { redirectUri });
  const sentTo = page.waitForResponse((response) => (response.headers()["location"] ?? "").startsWith(redirectUri));
  await page.goto(app.authorizeUrl());
  await expect(page.getByText("the app that opens cursor: links")).toBeVisible();
  await allow(page);
  await expect(title(page)).toHaveText("Allowed");
  await expect(page.getByText("Go back to “Test App”; you can close this tab.")).toBeVisible();
  const answer = new URL((await sentTo).headers()["location"] ?? "");
  expect((await app.exchange(answer)).status).toBe(200);
  await expect(title(page)).toHaveText("Allowed");
});

test("REF-13: signing out of the dashboard ends no app", async ({ page, server, person }) => {
  expect(person.session).not.toBe("");
  const app = await startApp(server);
  await page.goto(app.authorizeUrl());
  await allow(page);
  const { tokens } = await app.exchange(await app.callback.answer);
  await page.goto(app.authorizeUrl());
  await page.getByRole("button", { name: "Not you?" }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  expect((await scopeOf(server, tokens.access_token)).status).toBe(200);
  app.callback.close();
});

test("a mail tells of the app: a file for its owner alone, named by the log, which has nothing of its content", async ({
  page,
  server,
  person,
}) => {
  const app = await startApp(server, { name: "Mailed <b>App</b>" });
  await page.goto(app.authorizeUrl());
  await page.getByRole("radio", { name: /Read only/ }).check();
  await allow(page);
  await app.callback.answer;
  const folder = join(server.dataDir, "mail");
  const mails = async () =>
    Promise.all((await readdir(folder)).map(async (file) => decoded(await readFile(join(folder, file), "utf8"))));
  await expect.poll(async () => (await mails()).filter((mail) => mail.includes(`To: ${person.email}`)).length).toBe(1);
  const mail = (await mails()).find((each) => each.includes(`To: ${person.email}`)) ?? "";
  expect(mail).toContain("can now read your memories");
  expect(mail).toContain("Mailed &lt;b&gt;App&lt;/b&gt;");
  expect(mail).toContain(`${server.url}/apps`);
  for (const file of await readdir(folder)) {
    expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600);
    expect(server.output()).toContain(file);
  }
  expect(server.output()).not.toContain("can now read your memories");
  app.callback.close();
});

test("AUT-24: a request waits while its person gets an account and signs in in another tab", async ({
  browser,
  server,
}) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const app = await startApp(server);
  await page.goto(app.authorizeUrl());
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  const email = `late-${Date.now()}@example.org`;
  const password = "a password made just now";
  recordSecret(password);
  await server.cli(["user", "create", "--email", email, "--password-stdin"], password);
  const other = await context.newPage();
  await other.goto(`${server.url}/sign-in`);
  await other.getByLabel("Email").fill(email);
  await other.getByLabel("Password").fill(password);
  await other.getByRole("button", { name: "Sign in" }).click();
  await expect(other.getByRole("heading", { name: "API keys" })).toBeVisible();
  await page.reload();
  await expect(page.getByText(`Signed in as ${email}`)).toBeVisible();
  await allow(page);
  expect((await app.exchange(await app.callback.answer)).status).toBe(200);
  app.callback.close();
  await context.close();
});
