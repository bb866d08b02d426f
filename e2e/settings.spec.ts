import { AxeBuilder } from "@axe-core/playwright";
import { ADMINISTRATOR, expect, signIn, startServer, test } from "./fixtures.ts";

test.describe("sessions", () => {
  test("SIG-05, SIG-11: ended in one browser, another is signed out at its next request", async ({
    browser,
    page,
    server,
  }) => {
    await signIn(page, server);
    const other = await browser.newContext({
      userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    });
    const elsewhere = await other.newPage();
    await signIn(elsewhere, server);
    await page.goto(`${server.url}/settings`);
    await expect(page.getByText("This one")).toHaveCount(1);
    await page.getByRole("button", { name: "End Firefox on Linux" }).first().click();
    await expect(page.getByText("Session ended")).toBeVisible();
    await expect(page.getByRole("button", { name: "End Firefox on Linux" })).toHaveCount(0);
    await elsewhere.goto(`${server.url}/activity`);
    await expect(elsewhere).toHaveURL(`${server.url}/sign-in?returnTo=%2Factivity`);
    await other.close();
  });

  test("SIG-11: all others at once, after saying how many; this one stays", async ({ browser, page, server }) => {
    await signIn(page, server);
    await page.goto(`${server.url}/settings`);
    const before = await page.getByRole("button", { name: /^End / }).count();
    const other = await browser.newContext();
    const elsewhere = await other.newPage();
    await signIn(elsewhere, server);
    await page.reload();
    const expected = before + 1;
    await page.getByRole("button", { name: "Sign out everywhere else" }).click();
    const dialog = page.getByRole("alertdialog", { name: "Sign out everywhere else?" });
    await expect(dialog).toContainText(
      expected === 1 ? "1 browser is signed out." : `${expected} browsers are signed out.`,
    );
    await expect(page).toHaveURL(/dialog=sign-out-elsewhere/);
    await expect(dialog.getByRole("button", { name: "Cancel" })).toBeFocused();
    await dialog.getByRole("button", { name: "Sign out" }).click();
    await expect(dialog).toBeHidden();
    await expect(page.getByRole("button", { name: /^End / })).toHaveCount(0);
    await elsewhere.reload();
    await expect(elsewhere).toHaveURL(/\/sign-in/);
    await other.close();
  });

  test("SIG-05: sign-out ends the session on the server, not only the cookie", async ({ page, server }) => {
    await signIn(page, server);
    const cookies = await page.context().cookies();
    await page.getByRole("button", { name: "Account menu" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await expect(page).toHaveURL(`${server.url}/sign-in`);
    expect((await page.context().cookies()).filter(({ name }) => name === "pensyve-session")).toEqual([]);
    await page.context().addCookies(cookies);
    await page.goto(`${server.url}/settings`);
    await expect(page).toHaveURL(/\/sign-in/);
  });
});

test("SIG-05, SIG-08: change of the password", async ({ browser, page }) => {
  const server = await startServer();
  try {
    const { email, name, password } = ADMINISTRATOR;
    await server.cli(["user", "create", "--email", email, "--name", name, "--password-stdin"], password);
    await signIn(page, server);
    const other = await browser.newContext();
    const elsewhere = await other.newPage();
    await signIn(elsewhere, server);
    await page.goto(`${server.url}/settings`);
    const [current, fresh] = [page.getByLabel("Current password"), page.getByLabel("New password")];
    const send = page.getByRole("button", { name: "Change password" });

    await current.fill("not the password");
    await fresh.fill("short");
    await send.click();
    await expect(fresh).toHaveAccessibleDescription("10 more characters.");
    await fresh.fill("maya@example.org 2026");
    await send.click();
    await expect(fresh).toHaveAccessibleDescription("Too common. Choose another.");
    await fresh.fill("a lighthouse in the fog");
    await send.click();
    await expect(current).toHaveAccessibleDescription("This is not your current password. Type it again.");
    await current.fill(password);
    await send.click();
    await expect(page.getByText("Password changed; other sessions ended")).toBeVisible();
    await expect(current).toHaveValue("");

    await page.reload();
    await expect(page.getByRole("heading", { level: 1, name: "Settings" })).toBeVisible();
    await elsewhere.reload();
    await expect(elsewhere).toHaveURL(/\/sign-in/);
    await signIn(elsewhere, server, { ...ADMINISTRATOR, password: "a lighthouse in the fog" });
    await page.goto(`${server.url}/activity`);
    await expect(page.getByRole("row", { name: /Password changed/ })).toHaveCount(1);
    expect(server.output()).not.toContain("a lighthouse in the fog");
    await other.close();
  } finally {
    await server.stop();
  }
});

test("shortcuts of one key can be turned off", async ({ page, server }) => {
  await signIn(page, server);
  await page.goto(`${server.url}/settings`);
  const list = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  const choice = page.getByRole("checkbox", { name: /Single-key shortcuts/ });
  await choice.uncheck();
  await page.reload();
  await expect(choice).not.toBeChecked();
  await page.getByRole("heading", { level: 1 }).press("?");
  await page.getByRole("heading", { level: 1 }).press("g");
  await page.getByRole("heading", { level: 1 }).press("l");
  await expect(page).toHaveURL(/\/settings/);
  await expect(list).toBeHidden();
  await choice.check();
  await page.getByRole("heading", { level: 1 }).press("?");
  await expect(list).toBeVisible();
});

test("the theme chosen in settings stays", async ({ page, server }) => {
  await signIn(page, server);
  await page.goto(`${server.url}/settings`);
  await page.getByRole("button", { name: "Dark", exact: true }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(page.getByRole("button", { name: "Dark", exact: true })).toHaveAttribute("aria-pressed", "true");
});

test("activity: every act has its row, newest first, for its owner only", async ({ page, server }) => {
  await server.cli(["user", "create", "--email", "eve@example.org", "--password-stdin"], "a lighthouse in the fog");
  await signIn(page, server);
  await page.goto(`${server.url}/activity`);
  const rows = page.getByRole("row");
  await expect(rows.nth(2)).toContainText("Signed in");
  await expect(rows.nth(2)).toContainText("Chrome on Linux");
  await expect(rows.nth(2)).toContainText("You");
  await expect(page.getByText("eve@example.org")).toHaveCount(0);
  await page.goto(`${server.url}/activity?before=not-an-id&after=%00`);
  await expect(rows.nth(2)).toContainText("Signed in");
});

test.describe("accessibility: axe finds nothing", () => {
  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [1280, 375]) {
      test(`${colorScheme}, ${width} px`, async ({ browser, server }) => {
        const context = await browser.newContext({ colorScheme, viewport: { width, height: 800 } });
        const page = await context.newPage();
        const check = async (state: string) => {
          // Else the sticky bar covers half a button, which counts as a small one.
          await page.evaluate(() => scrollTo(0, 0));
          const { violations } = await new AxeBuilder({ page })
            .withTags(["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"])
            .analyze();
          expect(
            violations.map(({ id, nodes }) => [state, id, nodes[0]?.html]),
            state,
          ).toEqual([]);
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          expect(overflow, `${state} scrolls sideways`).toBeLessThanOrEqual(0);
        };
        await page.goto(`${server.url}/sign-in`);
        await check("sign-in");
        await page.getByLabel("Email").fill("nobody@example.org");
        await page.getByLabel("Password").fill("wrong");
        await page.getByRole("button", { name: "Sign in" }).click();
        await expect(page.getByText("Email or password is wrong.")).toBeVisible();
        await check("sign-in, refused");
        await page.goto(`${server.url}/setup?token=x`);
        await check("dead set-up link");
        await signIn(page, server);
        await page.goto(`${server.url}/activity`);
        await check("activity");
        await page.goto(`${server.url}/settings`);
        await page.getByLabel("New password").fill("short");
        await page.getByRole("button", { name: "Change password" }).click();
        await expect(page.getByText("10 more characters.")).toBeVisible();
        await check("settings, refused");
        await context.close();
      });
    }
  }
});
