import AxeBuilder from "@axe-core/playwright";
import { expect, openPage, seedPerson, signInAs, test } from "./dashboard.ts";
import { startDevice } from "./device-app.ts";
import { DEVICE_STATES, enter } from "./device-states.ts";
import { ADMINISTRATOR, startServer } from "./fixtures.ts";
import { registerApp } from "./oauth-app.ts";

const EVERYTHING = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

test("DEV-01 DEV-02 DEV-04: from the code on the device through sign-in and the question to tokens, which are narrower than asked", async ({
  page,
  server,
}) => {
  const device = await startDevice(server);
  expect(device.completeUrl).toBe(`${server.url}/device?user_code=${device.userCode}`);
  await page.goto(device.completeUrl);
  await expect(page).toHaveURL(/\/sign-in\?returnTo=/);
  await page.getByLabel("Email").fill(ADMINISTRATOR.email);
  await page.getByLabel("Password").fill(ADMINISTRATOR.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  // The code in the address is only typed in: nothing is asked, and nothing allowed, before a person goes on.
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Connect a device");
  await expect(page.getByLabel("Code")).toHaveValue(device.userCode);
  await expect(page.getByRole("button", { name: "Allow", exact: true })).toHaveCount(0);
  expect((await device.poll()).body["error"]).toBe("authorization_pending");
  await page.getByRole("button", { name: "Continue" }).click();
  const title = page.getByRole("heading", { level: 1 });
  await expect(title).toHaveText("Let Pensyve Terminal on your device use your memories?");
  await expect(title).toBeFocused();
  await expect(page).toHaveTitle("Let Pensyve Terminal on your device use your memories? · Pensyve");
  await expect(page.getByText(`Is ${device.userCode} the code on your device?`)).toBeVisible();
  await expect(page.getByText("Go on only if you started this on your own device.")).toBeVisible();
  await expect(page.getByText("127.0.0.1, just now")).toBeVisible();
  await page.getByRole("radio", { name: /Read only/ }).check();
  await page.getByRole("button", { name: "Allow", exact: true }).click();
  await expect(page.getByRole("main")).toHaveText("ConnectedGo back to your device.");
  const { status, body } = await device.poll();
  expect([status, body["scope"]]).toEqual([200, "mcp:read"]);
  const listed = await fetch(`${server.url}/mcp`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${body["access_token"]}`,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }),
  });
  expect(listed.status).toBe(200);
  expect(await listed.text()).toContain("pensyve_recall");
  // The same address again says what came of it.
  await page.reload();
  await expect(page.getByRole("main")).toHaveText("ConnectedGo back to your device.");
});

test("DEV-02: a denial reaches the device", async ({ page, server, person, context }) => {
  expect(person.session).toBeTruthy();
  const device = await startDevice(server);
  await openPage(page, server, "/device");
  await enter(page, device.userCode.toLowerCase().replace("-", " "));
  await page.getByRole("button", { name: "Deny", exact: true }).click();
  await expect(page.getByRole("main")).toHaveText("DeniedYour device was told.");
  expect((await device.poll()).body["error"]).toBe("access_denied");
  expect(await context.cookies()).toEqual(
    expect.arrayContaining([expect.objectContaining({ name: "pensyve-session" })]),
  );
});

test("DEV-03: wrong codes are refused in words beside the field, and after five entry pauses", async ({
  page,
  server,
  person,
}) => {
  expect(person.session).toBeTruthy();
  const device = await startDevice(server);
  await openPage(page, server, "/device");
  for (let wrong = 0; wrong < 5; wrong += 1) {
    await enter(page, `BCDF-GHJ${"KLMNP"[wrong]}`);
    await expect(
      page.getByText("That code is wrong or has expired. Check it, or start again on the device."),
    ).toBeVisible();
    await expect(page.getByLabel("Code")).toBeFocused();
    await expect(page.getByLabel("Code")).toHaveAttribute("aria-invalid", "true");
    await expect(page.getByRole("button", { name: "Continue" })).not.toHaveAttribute("aria-busy", "true");
    await page.getByLabel("Code").fill("");
  }
  await enter(page, device.userCode);
  await expect(page.getByText("Too many wrong codes. Try again in 10 min.")).toBeVisible();
  expect((await device.poll()).body["error"]).toBe("authorization_pending");
});

test("attack 18: the address of the question works in no other session", async ({ page, server, person, browser }) => {
  expect(person.session).toBeTruthy();
  const device = await startDevice(server);
  await openPage(page, server, "/device");
  await enter(page, device.userCode);
  await expect(page.getByRole("button", { name: "Allow", exact: true })).toBeVisible();
  const other = await browser.newContext();
  await signInAs(other, server, await seedPerson(server, "empty"));
  const theirs = await other.newPage();
  await theirs.goto(page.url());
  await expect(theirs.getByRole("heading", { level: 1 })).toHaveText("Connect a device");
  await expect(theirs.getByRole("button", { name: "Allow", exact: true })).toHaveCount(0);
  const form = { code: device.userCode, token: new URL(page.url()).searchParams.get("entry") ?? "", scope: "mcp" };
  for (const [headers, lead] of [
    [{ origin: server.url }, "/consent/error?kind=foreign"],
    [{ origin: "https://evil.example" }, undefined],
  ] as const) {
    const options = { form: { ...form, answer: "allow" }, headers, maxRedirects: 0 };
    const answer = await other.request.post(`${server.url}/device/answer`, options);
    expect([answer.status(), answer.headers()["location"]]).toEqual(
      lead === undefined ? [403, undefined] : [303, lead],
    );
  }
  expect((await device.poll()).body["error"]).toBe("authorization_pending");
  await other.close();
});

test("DEV-04: the whole walk works without scripts, and the person can be another", async ({ browser, server }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  await signInAs(context, server, await seedPerson(server, "empty"));
  const page = await context.newPage();
  const device = await startDevice(server);
  await page.goto(`${server.url}/device`);
  await enter(page, "BCDF-GHJK");
  await expect(page.getByText("That code is wrong or has expired.")).toBeVisible();
  await expect(page.getByLabel("Code")).toHaveValue("BCDF-GHJK");
  await enter(page, device.userCode);
  await page.getByRole("button", { name: "Allow", exact: true }).click();
  await expect(page.getByRole("main")).toHaveText("ConnectedGo back to your device.");
  expect((await device.poll()).status).toBe(200);
  const next = await startDevice(server);
  await page.goto(`${server.url}/device`);
  await enter(page, next.userCode);
  await page.getByRole("button", { name: "Not you?" }).click();
  await expect(page).toHaveURL(/\/sign-in\?returnTo=%2Fdevice%3Fuser_code%3D/);
  await context.close();
});

test("DEV-05: with DEVICE_FLOW=open the question says that nobody has checked the app; with off there is no page", async ({
  browser,
}) => {
  for (const policy of ["open", "off"] as const) {
    const server = await startServer({ env: { DEVICE_FLOW: policy } });
    const context = await browser.newContext();
    try {
      await signInAs(context, server, await seedPerson(server, "empty"));
      const page = await context.newPage();
      if (policy === "off") {
        await page.goto(`${server.url}/device`);
        await expect(page.getByRole("heading", { level: 1 })).toHaveText("Nothing here");
        return;
      }
      const metadata = { grant_types: ["urn:ietf:params:oauth:grant-type:device_code", "refresh_token"] };
      const app = await registerApp(server, {
        name: "Claude Code",
        redirectUri: "http://127.0.0.1/callback",
        metadata: { ...metadata, response_types: [], redirect_uris: [] },
      });
      const device = await startDevice(server, app.clientId);
      await page.goto(`${server.url}/device`);
      await enter(page, device.userCode);
      const title = page.getByRole("heading", { level: 1 });
      await expect(title).toHaveText("Let an unverified app on your device use your memories?");
      await expect(page.getByText("Nobody has checked who made this app.")).toBeVisible();
      await expect(page.getByText("“Claude Code”, as it calls itself")).toBeVisible();
      await page.getByRole("button", { name: "Allow", exact: true }).click();
      await expect(title).toHaveText("Connected");
      expect((await device.poll()).status).toBe(200);
    } finally {
      await context.close();
      await server.stop();
    }
  }
});

for (const { width, height } of [
  { width: 1280, height: 800 },
  { width: 375, height: 812 },
]) {
  test(`axe finds nothing on the device pages at ${width} px in either theme, nothing scrolls sideways, Deny and Allow weigh the same`, async ({
    page,
    server,
    person,
  }) => {
    test.setTimeout(120_000);
    expect(person.session).toBeTruthy();
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ reducedMotion: "reduce" });
    for (const { name, reach } of DEVICE_STATES) {
      await test.step(name, async () => {
        await reach(page, server);
        for (const theme of ["light", "dark"]) {
          await page.evaluate((value) => document.documentElement.setAttribute("data-theme", value), theme);
          const { violations } = await new AxeBuilder({ page }).withTags(EVERYTHING).analyze();
          expect.soft(violations.map(({ id, nodes }) => `${name} ${theme} ${id} ${nodes[0]?.html}`)).toEqual([]);
        }
        const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect.soft(wider, name).toBeLessThanOrEqual(0);
        if (name !== "device-confirm") return;
        const [deny, allow] = await page.locator(".pairbtn .btn").evaluateAll((buttons) =>
          buttons.map((button) => {
            const { width: wide, height: high } = button.getBoundingClientRect();
            const { backgroundColor, color, borderColor } = getComputedStyle(button);
            return { wide, high, backgroundColor, color, borderColor };
          }),
        );
        expect(allow).toEqual(deny);
        await expect(page.getByRole("button", { name: "Allow", exact: true })).not.toBeFocused();
      });
    }
  });
}
