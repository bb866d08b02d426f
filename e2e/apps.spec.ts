import AxeBuilder from "@axe-core/playwright";
import { allowInBrowser } from "./allow.ts";
import { APPS_STATES, seedApps } from "./apps-states.ts";
import { expect, openPage, seedPerson, settled, signInAs, test } from "./dashboard.ts";
import { startApp } from "./oauth-app.ts";
import { COLOR_RULES, EVERYTHING, findings, overflow, smallTargets } from "./page-checks.ts";

test.use({ kind: "empty" });

const SIZES = [
  { width: 1280, height: 800 },
  { width: 375, height: 812 },
] as const;

test("REF-11: an app that was allowed in the browser is listed, and refused from the answer on when it is withdrawn", async ({
  page,
  server,
  person,
}) => {
  expect(person.session).not.toBe("");
  const app = await startApp(server, { name: "Notes Agent" });
  await allowInBrowser(page, app.authorizeUrl());
  const { tokens } = await app.exchange(await app.callback.answer);
  const me = async () =>
    (await fetch(`${server.url}/v1/me`, { headers: { authorization: `Bearer ${tokens.access_token}` } })).status;
  expect(await me()).toBe(200);

  await openPage(page, server, "/apps");
  const row = page.getByRole("row", { name: /Notes Agent/ });
  await expect(row).toContainText("“Notes Agent”");
  await expect(row).toContainText("unverified");
  await row.getByRole("button", { name: "Withdraw “Notes Agent”" }).click();
  await expect(page).toHaveURL(/dialog=withdraw&app=/);
  await expect(
    page.getByText("1 installation loses access at once, on every gateway. It can ask you again."),
  ).toBeVisible();
  // The safe button has the focus, so that Enter withdraws nothing by chance.
  await expect(page.getByRole("button", { name: "Keep it" })).toBeFocused();
  expect(await me()).toBe(200);
  await page.getByRole("button", { name: "Withdraw", exact: true }).click();
  await expect(page.getByText(/^Refused everywhere after/)).toBeVisible();
  await expect(page.getByText("1 of 1 gateway acknowledged")).toBeVisible();
  expect(await me()).toBe(401);

  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("heading", { name: "No connected apps" })).toBeVisible();
  const withdrawn = page.getByRole("table", { name: "Withdrawn apps" }).getByRole("row", { name: /Notes Agent/ });
  await expect(withdrawn).toContainText(/Refused everywhere after .* \(1 of 1 gateway\)/);
  await page.reload();
  await expect(withdrawn).toContainText(/Refused everywhere after .* \(1 of 1 gateway\)By you/);
  await openPage(page, server, "/activity");
  await expect(page.getByRole("row", { name: /App withdrawn/ })).toContainText("Notes Agent");
  await expect(page.getByRole("row", { name: /App connected/ })).toContainText("Notes Agent");
  app.callback.close();
});

test("installations of one product are grouped, withdrawn together or one by one, with the receipt in their rows", async ({
  page,
  server,
  person,
}) => {
  const apps = await seedApps(server, person.email);
  await openPage(page, server, "/apps");
  const names = page.getByRole("table", { name: "Connected apps" }).getByRole("rowheader");
  await expect(names).toHaveText([
    /^Claude Codeverified claude\.ai$/,
    "on macOS",
    "on Linux",
    /^“Memory Helper”unverified$/,
    /^Cursorverified cursor\.com$/,
    /^Pensyve for VS Codeadded by this server$/,
  ]);
  await expect(page.getByText("4 apps, 5 installations")).toBeVisible();
  await page.getByRole("button", { name: "Withdraw Claude Code on Linux, 198.51.100.24" }).click();
  await page.getByRole("button", { name: "Withdraw", exact: true }).click();
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.getByText("4 apps, 4 installations")).toBeVisible();
  await expect(names).toHaveCount(4);
  await expect(page.getByRole("row", { name: /Claude Code.*Refused everywhere after/ })).toHaveCount(1);
  await expect(page.getByRole("row", { name: /mcp-remote.*By you/ })).toBeVisible();

  await page.getByRole("button", { name: "Withdraw all" }).click();
  await expect(
    page.getByText("4 installations lose access at once, on every gateway. They can ask you again."),
  ).toBeVisible();
  await page.getByRole("button", { name: "Withdraw", exact: true }).click();
  await expect(page.getByRole("heading", { name: "All 4 apps are withdrawn" })).toBeFocused();
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("heading", { name: "No connected apps" })).toBeVisible();
  await expect(page.getByRole("row", { name: /Refused everywhere after/ })).toHaveCount(5);
  expect(apps["linux"]).toBeDefined();
});

test("attack 10: an address that names another person's app opens nothing", async ({ page, server, person }) => {
  const other = await seedPerson(server, "empty");
  const theirs = await seedApps(server, other.email);
  await seedApps(server, person.email);
  await openPage(page, server, `/apps?dialog=withdraw&app=${theirs["cursor"]}`);
  await expect(page.getByRole("table", { name: "Connected apps" })).toBeVisible();
  await expect(page.getByRole("alertdialog")).toHaveCount(0);
});

test("by keyboard alone: j, k, Shift W; Escape gives the focus back, Back closes, and nothing happens by itself", async ({
  page,
  server,
  person,
}) => {
  await seedApps(server, person.email);
  await openPage(page, server, "/apps");
  const button = (name: string) => page.getByRole("button", { name, exact: true });
  await page.keyboard.press("j");
  await expect(button("Withdraw both Claude Code")).toBeFocused();
  await page.keyboard.press("j");
  await expect(button("Withdraw Claude Code on macOS, 203.0.113.7")).toBeFocused();
  await page.keyboard.press("k");
  await page.keyboard.press("Shift+W");
  await expect(page.getByText("2 installations lose access at once")).toBeVisible();
  await settled(page);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("alertdialog")).toHaveCount(0);
  await expect(button("Withdraw both Claude Code")).toBeFocused();
  await button("Withdraw Cursor").click();
  await expect(page.getByRole("alertdialog")).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("alertdialog")).toHaveCount(0);
  await expect(page.getByText("4 apps, 5 installations")).toBeVisible();
});

test("more than three installations are folded, and a long name without spaces wraps", async ({
  page,
  server,
  person,
}) => {
  await seedApps(server, person.email, "many");
  await openPage(page, server, "/apps");
  const installations = page.getByRole("rowheader", { name: "on Linux" });
  await expect(installations).toHaveCount(3);
  await page.getByRole("button", { name: "Show all 7 installations" }).click();
  await expect(installations).toHaveCount(7);
  await page.getByRole("button", { name: "Show 3" }).click();
  await expect(installations).toHaveCount(3);
  for (const width of [320, 375, 768, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    expect(await overflow(page), `${width} px`).toBe(0);
  }
});

for (const { width, height } of SIZES) {
  test(`axe finds nothing at ${width} px in either theme, targets are large enough, nothing scrolls sideways`, async ({
    page,
    server,
    person,
  }) => {
    test.setTimeout(240_000);
    await page.setViewportSize({ width, height });
    // The theme changes under the page; a color on its way to another has no contrast to measure.
    await page.emulateMedia({ reducedMotion: "reduce", colorScheme: "light" });
    const apps = await seedApps(server, person.email);
    for (const state of APPS_STATES) {
      await test.step(state.name, async () => {
        await state.reach(page, server, apps, person.email);
        await settled(page);
        expect.soft(await findings(new AxeBuilder({ page }).withTags(EVERYTHING)), state.name).toEqual([]);
        await page.evaluate(() => document.documentElement.setAttribute("data-theme", "dark"));
        const dark = new AxeBuilder({ page }).withRules(COLOR_RULES);
        expect.soft(await findings(dark), `${state.name}, dark`).toEqual([]);
        expect.soft(await smallTargets(page, width < 861 ? 44 : 24), state.name).toEqual([]);
        expect.soft(await overflow(page), `${state.name} scrolls sideways`).toBe(0);
        if (width > 860) return;
        await page.setViewportSize({ width: 320, height: 640 });
        expect.soft(await overflow(page), `${state.name} scrolls sideways at 320 px (1.4.10)`).toBe(0);
        await page.setViewportSize({ width, height });
      });
    }
  });
}

test("states keep their words and marks in forced colors", async ({ browser, server, person }) => {
  await seedApps(server, person.email);
  const context = await browser.newContext({ forcedColors: "active" });
  await signInAs(context, server, person);
  const page = await context.newPage();
  await openPage(page, server, "/apps");
  const status = page.locator(".status", { hasText: "Withdrawn" });
  await expect(status.locator("circle + path[stroke='currentColor']")).toBeVisible();
  for (const words of ["verified claude.ai", "added by this server", "unverified"]) {
    const trust = page.locator(".trust").filter({ hasText: new RegExp(`^${words}$`) });
    await expect(trust.locator("svg")).toBeVisible();
  }
  await context.close();
});
