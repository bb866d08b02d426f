import { ADMINISTRATOR, expect, type RunningServer, setupUrl, signIn, startServer, test } from "./fixtures.ts";
import { cookieOf, plainRequest, sendForm } from "./plain-http.ts";

const WRONG = "Email or password is wrong. Try again.";

test.describe("SIG-12: the first account", () => {
  let fresh: RunningServer;
  test.beforeAll(async () => {
    fresh = await startServer();
  });
  test.afterAll(() => fresh.stop());

  test("is made by the link, which then is dead", async ({ page }) => {
    await page.goto(`${fresh.url}/sign-in`);
    await expect(page.getByText("There is no account yet.")).toBeVisible();
    const link = await setupUrl(fresh);
    await page.goto(link);
    await expect(page).toHaveTitle("Make the first account · Pensyve");
    await page.getByLabel("Name").fill(ADMINISTRATOR.name);
    await page.getByLabel("Email").fill(ADMINISTRATOR.email);
    await page.getByLabel("Password").fill("a quiet room");
    await expect(page.getByText("3 more characters.")).toBeVisible();
    await page.getByRole("button", { name: "Make account" }).click();
    await expect(page.getByLabel("Password")).toBeFocused();
    await expect(page.getByLabel("Password")).toHaveAccessibleDescription("3 more characters.");
    await expect(page.getByLabel("Name")).toHaveValue(ADMINISTRATOR.name);
    await page.getByLabel("Password").fill("password12345678");
    await page.getByRole("button", { name: "Make account" }).click();
    await expect(page.getByText("Too common. Choose another.")).toBeVisible();
    await page.getByLabel("Password").fill(ADMINISTRATOR.password);
    await page.getByRole("button", { name: "Make account" }).click();
    await page.waitForURL("**/keys");

    await page.goto(link);
    await expect(page.getByRole("heading", { name: "This link no longer works" })).toBeVisible();
    await expect(setupUrl(fresh)).rejects.toThrow("ENOENT");
    // The link was shown to the person at the terminal; the log never had it, nor any password.
    const token = new URL(link).searchParams.get("token") ?? "-";
    const log = fresh
      .output()
      .split("\n")
      .filter((line) => line.startsWith("{"));
    expect(log.length).toBeGreaterThan(5);
    for (const line of log) for (const secret of [token, ADMINISTRATOR.password]) expect(line).not.toContain(secret);
  });
});

test.describe("sign-in", () => {
  test("works before scripts load, and says what is wrong", async ({ browser, server }) => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${server.url}/activity`);
    await expect(page).toHaveURL(`${server.url}/sign-in?returnTo=%2Factivity`);
    await page.getByLabel("Email").fill(ADMINISTRATOR.email);
    await page.getByLabel("Password").fill("not the password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByText(WRONG)).toBeVisible();
    await expect(page.getByLabel("Email")).toHaveValue(ADMINISTRATOR.email);
    await page.getByLabel("Password").fill(ADMINISTRATOR.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page).toHaveURL(`${server.url}/activity`);
    await expect(page.getByRole("heading", { level: 1, name: "Activity" })).toBeVisible();
    await context.close();
  });

  test("enumeration: an unknown account gets the same page", async ({ page, server }) => {
    for (const email of [ADMINISTRATOR.email, "nobody@example.org"]) {
      await page.goto(`${server.url}/sign-in`);
      await page.getByLabel("Email").fill(email);
      await page.getByLabel("Password").fill("not the password");
      await page.getByRole("button", { name: "Sign in" }).click();
      await expect(page.getByLabel("Password")).toHaveAccessibleDescription(WRONG);
      await expect(page.getByLabel("Password")).toHaveValue("not the password");
    }
  });

  test("SIG-09: after five failures it asks to wait, and says how long", async ({ page, server }) => {
    await page.goto(`${server.url}/sign-in`);
    await page.getByLabel("Email").fill("mallory@example.org");
    const password = page.getByLabel("Password");
    // More than five only where this machine takes seconds for a try.
    await expect(async () => {
      await password.fill("a guess");
      const answered = page.waitForResponse((response) => response.request().method() === "POST");
      await page.getByRole("button", { name: "Sign in" }).click();
      await answered;
      await expect(password).toHaveAccessibleDescription(/^Too many tries\. Wait \d+ s, then try again\.$/, {
        timeout: 300,
      });
    }).toPass({ intervals: [0], timeout: 30_000 });
  });

  test("SIG-13, attack 33: it leads back to a page of ours and nowhere else", async ({ page, server }) => {
    for (const [returnTo, expected] of [
      ["/settings", "/settings"],
      ["https://evil.example/", "/keys"],
      ["//evil.example", "/keys"],
      ["/\\evil.example", "/keys"],
      ["/%09/evil.example", "/keys"],
    ] as const) {
      await page.context().clearCookies();
      await page.goto(`${server.url}/sign-in?returnTo=${encodeURIComponent(decodeURIComponent(returnTo))}`);
      await page.getByLabel("Email").fill(ADMINISTRATOR.email);
      await page.getByLabel("Password").fill(ADMINISTRATOR.password);
      await page.getByRole("button", { name: "Sign in" }).click();
      await expect(page).toHaveURL(`${server.url}${expected}`);
    }
  });

  test("the hidden field of the form is checked too", async ({ server }) => {
    const { email, password } = ADMINISTRATOR;
    const answer = await sendForm(server, "/sign-in?returnTo=//evil.example", { email, password });
    expect(answer.status).toBe(303);
    expect(new URL(answer.headers.location ?? "", server.url).href).toBe(`${server.url}/keys`);
  });
});

test.describe("SIG-03: the cookie", () => {
  test("on loopback it is HttpOnly, Lax, host-only", async ({ page, server }) => {
    await signIn(page, server);
    const [cookie, ...others] = await page.context().cookies();
    expect(others.filter(({ name }) => /session/.test(name))).toEqual([]);
    expect(cookie).toMatchObject({
      name: "pensyve-session",
      httpOnly: true,
      sameSite: "Lax",
      path: "/",
      domain: "localhost",
    });
    expect(await page.evaluate(() => document.cookie)).not.toContain("session");
  });

  test("session fixation: a planted cookie is not the one that signs in, and a session from before ends", async ({
    server,
  }) => {
    const { email, password } = ADMINISTRATOR;
    const planted = await sendForm(server, "/sign-in", { email, password }, { cookie: "pensyve-session=planted" });
    const first = cookieOf(planted);
    expect(first).toMatch(/^pensyve-session=[\w-]{43}$/);
    expect((await plainRequest(server, "/settings", { headers: { cookie: first } })).status).toBe(200);
    expect((await plainRequest(server, "/settings", { headers: { cookie: "pensyve-session=planted" } })).status).toBe(
      307,
    );
  });

  test("over https it has the __Host- prefix, and HSTS is sent", async () => {
    const publicUrl = "https://auth.example.org";
    const server = await startServer({ env: { PUBLIC_URL: publicUrl } });
    try {
      const { email, name, password } = ADMINISTRATOR;
      await server.cli(["user", "create", "--email", email, "--name", name, "--password-stdin"], password);
      const answer = await sendForm(server, "/sign-in", { email, password });
      expect(answer.status).toBe(303);
      const cookies = answer.headers["set-cookie"] ?? [];
      expect(cookies).toHaveLength(1);
      expect(cookies[0]).toMatch(/^__Host-pensyve-session=[\w-]{43}; Path=\/; /);
      expect(cookies[0]).toMatch(/; Secure/);
      expect(cookies[0]).toMatch(/; HttpOnly/);
      expect(cookies[0]).toMatch(/; SameSite=lax/i);
      expect(cookies[0]).not.toMatch(/Domain/i);
      expect(answer.headers["strict-transport-security"]).toMatch(/max-age=\d{8}/);
      const page = await plainRequest(server, "/settings", { headers: { cookie: cookieOf(answer) } });
      expect(page.body).toContain(email);
      // The name without the prefix is another cookie, which a sibling host could plant.
      const unprefixed = cookieOf(answer).replace("__Host-", "");
      expect((await plainRequest(server, "/settings", { headers: { cookie: unprefixed } })).status).toBe(307);
    } finally {
      await server.stop();
    }
  });
});
