import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { recordSecret } from "#test/run-record.ts";
import { allowInBrowser } from "./allow.ts";
import { CONNECT_STATES } from "./connect-states.ts";
import { expect, openPage, settled, signInAs, test } from "./dashboard.ts";
import type { RunningServer } from "./fixtures.ts";
import { startApp } from "./oauth-app.ts";
import { COLOR_RULES, EVERYTHING, findings, overflow, smallTargets } from "./page-checks.ts";

test.use({ kind: "empty", permissions: ["clipboard-read", "clipboard-write"] });

const SIZES = [
  { width: 1280, height: 800 },
  { width: 375, height: 812 },
] as const;
const WAITING = "Waiting for the first request from";

const box = (page: Page, name: string) => page.getByRole("region", { name });
const clipboard = (page: Page) => page.evaluate(() => navigator.clipboard.readText());

/** A request as MCP clients begin with, named as `userAgent`. */
async function listTools(server: RunningServer, token: string, userAgent: string): Promise<number> {
  const response = await fetch(`${server.url}/mcp`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${token}`,
      "user-agent": userAgent,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: {} }),
  });
  return response.status;
}

test("the address is the choice: file, place and text are there before any script", async ({
  browser,
  server,
  person,
}) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  await signInAs(context, server, person);
  const page = await context.newPage();
  await page.goto(`${server.url}/connect?client=cursor&with=oauth&os=windows`);
  await expect(page.getByRole("radio", { name: "Cursor", exact: true })).toBeChecked();
  await expect(page.getByText("%USERPROFILE%\\.cursor\\mcp.json", { exact: true })).toHaveCount(2);
  await expect(box(page, "configuration for Cursor")).toContainText(`"url": "${server.url}/mcp"`);
  await expect(page.getByRole("link", { name: "Add to Cursor" })).toHaveAttribute("href", /^cursor:\/\/anysphere/);

  await page.getByRole("radio", { name: "Codex", exact: true }).check();
  await page.getByRole("radio", { name: "API key" }).check();
  await page.getByRole("button", { name: "Linux" }).click();
  await expect(page).toHaveURL(/client=codex&with=key&os=linux/);
  await expect(box(page, "configuration for Codex")).toContainText('bearer_token_env_var = "PENSYVE_API_KEY"');
  await page.getByRole("radio", { name: "Zed", exact: true }).check();
  await page.getByRole("button", { name: "Show it" }).click();
  await expect(box(page, "configuration for Zed")).toContainText("context_servers");
  await context.close();
});

test("each choice changes the text at once, and what a client cannot do says so", async ({ page, server, person }) => {
  expect(person.session).not.toBe("");
  await openPage(page, server, "/connect");
  await page.getByRole("button", { name: "macOS" }).click();
  await page.getByRole("radio", { name: "VS Code", exact: true }).check();
  await expect(page).toHaveURL(/client=vs-code/);
  await expect(page.getByRole("link", { name: "Add to VS Code" })).toHaveAttribute("href", /^vscode:mcp\/install\?/);
  await page.getByRole("radio", { name: "API key" }).check();
  await expect(box(page, "configuration for VS Code")).toContainText("${input:pensyve-key}");
  await page.getByRole("button", { name: "Copy configuration for VS Code" }).click();
  expect(JSON.parse(await clipboard(page))).toMatchObject({ servers: { pensyve: { url: `${server.url}/mcp` } } });

  await page.getByRole("radio", { name: "Claude Desktop", exact: true }).check();
  await expect(page.getByText("~/Library/Application Support/Claude/claude_desktop_config.json").first()).toBeVisible();
  await page.getByRole("button", { name: "Windows" }).click();
  await expect(page.getByText("%APPDATA%\\Claude\\claude_desktop_config.json").first()).toBeVisible();
  await expect(page.getByText("Claude Desktop does not fill in variables.")).toBeVisible();

  // Chosen was a key; ChatGPT has OAuth alone, and needs an address that this server does not have.
  await page.getByRole("radio", { name: "ChatGPT", exact: true }).check();
  await expect(page.getByRole("radio", { name: "API key" })).toBeDisabled();
  await expect(page.getByText("ChatGPT takes no API key. Use OAuth.")).toBeVisible();
  await expect(page.getByRole("radio", { name: "OAuth, in the browser" })).toBeChecked();
  await expect(page.getByText(/It needs a public https address/)).toBeVisible();

  await page.getByRole("radio", { name: "curl", exact: true }).check();
  await expect(page.getByRole("radio", { name: "OAuth, in the browser" })).toBeDisabled();
  await expect(page.getByText("curl cannot sign in through a browser. Use an API key.")).toBeVisible();
  await expect(box(page, "text for curl")).toContainText("$env:PENSYVE_API_KEY");
  await page.goBack();
  await expect(page.getByRole("radio", { name: "ChatGPT", exact: true })).toBeChecked();
});

test("the page is in the menu, on g c, and where something is missing that it provides", async ({
  page,
  server,
  person,
}) => {
  expect(person.session).not.toBe("");
  await openPage(page, server, "/apps");
  await page.keyboard.press("g");
  await page.keyboard.press("c");
  await expect(page.getByRole("heading", { level: 1, name: "Connect a client" })).toBeVisible();
  await expect(
    page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Connect a client" }),
  ).toHaveAttribute("aria-current", "page");
  for (const path of ["/apps", "/keys"]) {
    await openPage(page, server, path);
    await expect(page.getByRole("main").getByRole("link", { name: "Connect a client" })).toHaveAttribute(
      "href",
      "/connect",
    );
  }
  const refused = await page.request.get(`${server.url}/oauth/authorize?client_id=nobody&response_type=code`);
  expect(await refused.text()).toMatch(/href="\/connect"[^>]*>How to connect a client/);
});

test("a key that was just made is filled in, works as copied, is seen, and is gone with the page", async ({
  page,
  server,
  person,
}) => {
  expect(person.session).not.toBe("");
  await openPage(page, server, "/keys");
  await page.getByRole("button", { name: "Create your first key" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("editor");
  await page.getByRole("button", { name: "Create key" }).click();
  const key = (await page.locator(".secret .value").textContent()) ?? "";
  recordSecret(key);
  await page.getByRole("link", { name: "Connect a client" }).last().click();
  await expect(page.getByRole("heading", { level: 1, name: "Connect a client" })).toBeVisible();

  await page.getByRole("radio", { name: "Windsurf", exact: true }).check();
  await expect(box(page, "variable")).toContainText(`${key.slice(0, 8)}…`);
  await page.getByRole("button", { name: "Copy variable" }).click();
  expect(await clipboard(page)).toContain(key);
  await page.getByRole("radio", { name: "Cline", exact: true }).check();
  await page.getByRole("button", { name: "Copy configuration for Cline" }).click();
  const { mcpServers } = JSON.parse(await clipboard(page));
  expect(mcpServers.pensyve.headers.Authorization).toBe(`Bearer ${key}`);
  await expect(page.getByText(`${WAITING} Cline`)).toBeVisible();
  // The whole key is in the tab's memory alone.
  const places = await page.evaluate(() => ({
    document: document.documentElement.outerHTML,
    address: location.href,
    history: JSON.stringify(history.state),
    storage: JSON.stringify({ ...localStorage, ...sessionStorage }),
    requests: performance
      .getEntries()
      .map(({ name }) => name)
      .join(),
  }));
  for (const [place, text] of Object.entries(places)) expect(text, place).not.toContain(key);

  expect(await listTools(server, key, "Cline/3.40.0")).toBe(200);
  await expect(
    page.getByText(/^Connected\. Cline\/3\.40\.0 made its first request at .*\. It can use 9 tools\.$/),
  ).toBeVisible();

  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "API keys" }).click();
  await expect(page.getByRole("row", { name: /editor/ })).toBeVisible();
  await page.goBack();
  const again = box(page, "configuration for Cline");
  await expect(again).toContainText("psy_your_key_here");
  await expect(again).not.toContainText(key.slice(0, 8));
  await page.reload();
  await expect(again).toContainText("psy_your_key_here");
  expect(await page.content()).not.toContain(key.slice(0, 8));
});

test("an app that signs in through the browser turns waiting into connected", async ({
  page,
  server,
  person,
  context,
}) => {
  expect(person.session).not.toBe("");
  await openPage(page, server, "/connect?client=cursor&with=oauth");
  await expect(page.getByText(`${WAITING} Cursor`)).toBeVisible();
  const app = await startApp(server, { name: "Cursor", scope: "mcp:read" });
  const other = await context.newPage();
  await allowInBrowser(other, app.authorizeUrl());
  const { tokens } = await app.exchange(await app.callback.answer);
  // Consent alone is not a connection.
  await page.bringToFront();
  await expect(page.getByText(`${WAITING} Cursor`)).toBeVisible();
  expect(await listTools(server, tokens.access_token, "Cursor/3.1")).toBe(200);
  await expect(
    page.getByText(/^Connected\. Cursor made its first request at .*\. It can use 4 tools\.$/),
  ).toBeVisible();
  // Who comes back is not left to wait for what is connected already.
  await page.reload();
  await expect(
    page.getByText(/^Waiting for the first request from Cursor\. Cursor was here before, last on .*, \d\d:\d\d\.$/),
  ).toBeVisible();
  app.callback.close();
});

test("waiting for long says what to check; without answers, that nobody watches", async ({
  context,
  server,
  person,
}) => {
  expect(person.session).not.toBe("");
  const page = await context.newPage();
  await page.clock.install();
  await openPage(page, server, "/connect?client=cursor&with=oauth");
  await page.clock.fastForward("02:01");
  const nothing = `Nothing yet. Save the file, restart Cursor, and check that the address is ${server.url}/mcp.`;
  await expect(page.getByText(nothing)).toBeVisible();
  let isCut = true;
  await page.route(/\/connect/, (route) =>
    isCut && route.request().method() === "POST" ? route.abort() : route.continue(),
  );
  await expect(async () => {
    await page.clock.fastForward("00:06");
    await expect(page.getByText("Not watching. Make a request, then reload.")).toBeVisible({ timeout: 500 });
  }).toPass();
  isCut = false;
  await expect(async () => {
    await page.clock.fastForward("00:06");
    await expect(page.getByText(nothing)).toBeVisible({ timeout: 500 });
  }).toPass();
});

test("WCAG 2.2 AA in both themes at both widths; nothing scrolls sideways but code", async ({
  page,
  server,
  person,
}) => {
  expect(person.session).not.toBe("");
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const { name: state, reach } of CONNECT_STATES) {
      await reach(page, server);
      await settled(page);
      expect(await findings(new AxeBuilder({ page }).withTags(EVERYTHING)), `${state} ${size.width}`).toEqual([]);
      expect(await overflow(page), `${state} ${size.width}`).toBe(0);
      expect(await smallTargets(page, size.width < 861 ? 44 : 24), `${state} ${size.width}`).toEqual([]);
      await page.evaluate(() => document.documentElement.setAttribute("data-theme", "dark"));
      expect(await findings(new AxeBuilder({ page }).withRules(COLOR_RULES)), `${state} dark`).toEqual([]);
    }
  }
});
