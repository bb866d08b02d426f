import type { Page } from "@playwright/test";
import { expect } from "./fixtures.ts";

/** Answers the consent page that `authorizationUrl` leads to with "Allow", as a signed-in person; ends where the answer goes. */
export async function allowInBrowser(page: Page, authorizationUrl: string | URL): Promise<void> {
  await page.goto(String(authorizationUrl));
  await expect(page.getByRole("heading", { level: 1 })).toContainText("use your memories?");
  await page.getByRole("button", { name: "Allow", exact: true }).click();
}
