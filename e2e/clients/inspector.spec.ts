import { freePort } from "#test/free-port.ts";
import { allowInBrowser } from "../allow.ts";
import { expect, test } from "../dashboard.ts";
import { AUTHORIZATION_URL, clientHome, runClient } from "./run-client.ts";

test("AUT-01 REV-01: the Inspector's command line signs in once, lists tools from then on, and signs out with a revocation", async ({
  page,
  server,
  person: _,
}) => {
  const home = await clientHome();
  const env = { MCP_STORAGE_DIR: home.path, MCP_AUTO_OPEN_ENABLED: "true", MCP_INSPECTOR_SECRET_STORE: "file" };
  const callback = `http://127.0.0.1:${await freePort()}/oauth/callback`;
  const list = ["--cli", `${server.url}/mcp`, "--transport", "http", "--method", "tools/list", "--format", "json"];
  const inspect = (...more: string[]) =>
    runClient("mcp-inspector", [...list, "--callback-url", callback, ...more], home.path, env);
  try {
    const first = inspect();
    await allowInBrowser(page, await first.says(AUTHORIZATION_URL));
    expect(await first.ended, first.output()).toBe(0);
    expect(first.stdout()).toContain("pensyve_recall");

    const second = inspect("--stored-auth-only");
    expect(await second.ended, second.output()).toBe(0);
    expect(second.stdout()).toContain("pensyve_recall");

    // Signing in again ends the grant before: the server is told, and refuses it.
    const again = inspect("--relogin");
    await allowInBrowser(page, await again.says(AUTHORIZATION_URL));
    expect(await again.ended, again.output()).toBe(0);
    await page.goto(`${server.url}/apps`);
    await expect(page.getByRole("row").filter({ hasText: "Inspector" })).toHaveCount(1);
  } finally {
    await home.remove();
  }
});
