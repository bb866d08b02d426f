import { expect, test } from "./dashboard.ts";
import { ADMINISTRATOR } from "./fixtures.ts";
import { startApp } from "./oauth-app.ts";

test("AUT-01 AUT-14 AUT-17 AUT-18 SIG-01 SIG-02 SIG-13: from the app through sign-in and consent back to the app, which exchanges its code", async ({
  page,
  server,
}) => {
  const app = await startApp(server, { name: "Memory Helper" });
  await page.goto(app.authorizeUrl());
  await expect(page).toHaveURL(/\/sign-in\?returnTo=%2Fconsent%2F[\w-]+$/);
  await page.getByLabel("Email").fill(ADMINISTRATOR.email);
  await page.getByLabel("Password").fill(ADMINISTRATOR.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/consent\/[\w-]+$/);
  const title = page.getByRole("heading", { level: 1 });
  await expect(title).toHaveText("Let an unverified app use your memories?");
  await expect(title).toBeFocused();
  await page.getByRole("button", { name: "Allow", exact: true }).click();
  const answer = await app.callback.answer;
  expect(answer.searchParams.get("state")).toBe(app.state);
  expect(answer.searchParams.get("iss")).toBe(server.url);
  const { status, tokens } = await app.exchange(answer);
  expect(status).toBe(200);
  expect(tokens.scope).toContain("mcp");
  app.callback.close();
});
