import { expect, openPage, test } from "./dashboard.ts";

test.use({ permissions: ["clipboard-read", "clipboard-write"] });

test("a name of 64 wide letters without a space makes no page scroll sideways", async ({ page, server, person }) => {
  expect(person.session).not.toBe("");
  await openPage(page, server, "/keys");
  await page.getByRole("button", { name: "New key" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("W".repeat(64));
  await page.getByRole("button", { name: "Create key" }).click();
  await page.getByRole("button", { name: "Copy the key" }).click();
  await page.getByRole("button", { name: "I have copied it" }).click();
  await expect(page.getByRole("row", { name: /WWWW/ })).toBeVisible();
  const detail = await page.getByRole("link", { name: /WWWW/ }).getAttribute("href");
  for (const width of [320, 375, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    for (const path of ["/keys", "/activity", detail ?? ""]) {
      await openPage(page, server, path);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow, `${path} at ${width}`).toBeLessThanOrEqual(0);
    }
  }
});
