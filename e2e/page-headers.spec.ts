import { ADMINISTRATOR, expect, signIn, test } from "./fixtures.ts";
import { askFully, plainRequest, signedInCookie } from "./plain-http.ts";

test.describe("attacks 21 and 31: headers of pages", () => {
  const paths = [
    "/sign-in",
    "/setup",
    "/keys",
    "/apps",
    "/activity",
    "/settings",
    "/device",
    "/consent/error",
    "/consent/x",
    "/nothing",
    "/",
    "/api/auth/session",
  ];

  for (const isSignedIn of [false, true]) {
    test(`${isSignedIn ? "signed in" : "signed out"}: policy with a fresh nonce, no framing, no sniffing, nothing stored`, async ({
      server,
    }) => {
      const headers: Record<string, string> = isSignedIn ? { cookie: await signedInCookie(server) } : {};
      const nonces = new Set<string>();
      for (const path of paths) {
        for (const extra of [{}, { rsc: "1" }]) {
          const answer = await askFully(server, path, { ...headers, ...extra });
          const policy = String(answer.headers["content-security-policy"]);
          const nonce = /script-src 'nonce-([A-Za-z0-9+/=]{24})' 'strict-dynamic'/.exec(policy)?.[1] ?? "";
          expect(nonce, path).not.toBe("");
          nonces.add(nonce);
          expect(policy).not.toContain("unsafe-");
          expect(policy).toContain("frame-ancestors 'none'");
          expect(answer.headers["cache-control"], path).toMatch(/private.*no-store/);
          expect(answer.headers["x-content-type-options"]).toBe("nosniff");
          expect(answer.headers["referrer-policy"]).toBe("same-origin");
          expect(answer.headers["cross-origin-opener-policy"]).toBe("same-origin");
          expect(answer.headers["permissions-policy"]).toContain("camera=()");
          expect(answer.headers["x-powered-by"]).toBeUndefined();
          expect(answer.headers["strict-transport-security"]).toBeUndefined();
          const scripts = answer.body.match(/<script[^>]*>/g) ?? [];
          for (const script of scripts) expect(script, path).toContain(`nonce="${nonce}"`);
          expect(answer.body).not.toMatch(/<[^>]+ style="/);
        }
      }
      expect(nonces.size).toBe(paths.length * 2);
    });
  }

  test("files with their content in the name stay cacheable", async ({ server }) => {
    const { body } = await plainRequest(server, "/sign-in");
    const file = /\/_next\/static\/[^"]+\.css/.exec(body)?.[0] ?? "";
    const answer = await plainRequest(server, file);
    expect(answer.status).toBe(200);
    expect(answer.headers["cache-control"]).toContain("immutable");
  });

  test("a browser finds nothing to block, and nobody can frame a page", async ({ page, server }) => {
    const problems: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error") problems.push(message.text());
    });
    page.on("pageerror", (error) => problems.push(error.message));
    await signIn(page, server);
    for (const path of ["/activity", "/settings"]) {
      await page.goto(`${server.url}${path}`);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    }
    await page.getByLabel("Name").fill(ADMINISTRATOR.name);
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByText("Settings saved")).toBeVisible();
    expect(problems).toEqual([]);
    await page.goto("about:blank");
    await page.setContent(`<iframe src="${server.url}/settings"></iframe>`);
    await expect.poll(() => page.frames().at(1)?.url()).toMatch(/^chrome-error:/);
  });
});
