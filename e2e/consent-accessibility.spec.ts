import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { CONSENT_STATES } from "./consent-states.ts";
import { seedPerson, signInAs } from "./dashboard.ts";
import { expect, test } from "./fixtures.ts";

const EVERYTHING = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

for (const { width, height } of [
  { width: 1280, height: 800 },
  { width: 375, height: 812 },
]) {
  test(`axe finds nothing on consent and its errors at ${width} px in either theme; targets are large, nothing scrolls sideways at 320 px`, async ({
    page,
    context,
    server,
  }) => {
    test.setTimeout(240_000);
    await signInAs(context, server, await seedPerson(server, "empty"));
    await page.emulateMedia({ reducedMotion: "reduce", colorScheme: "light" });
    for (const state of CONSENT_STATES) {
      await test.step(state.name, async () => {
        await page.setViewportSize({ width, height });
        await state.reach(page, server);
        expect.soft(await findings(new AxeBuilder({ page }).withTags(EVERYTHING)), state.name).toEqual([]);
        await page.evaluate(() => document.documentElement.setAttribute("data-theme", "dark"));
        const colors = new AxeBuilder({ page }).withRules(["color-contrast", "link-in-text-block"]);
        expect.soft(await findings(colors), `${state.name}, dark`).toEqual([]);
        expect.soft(await smallTargets(page, width < 861 ? 44 : 24), state.name).toEqual([]);
        await page.setViewportSize({ width: 320, height: 640 });
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect.soft(overflow, `${state.name} scrolls sideways at 320 px (1.4.10)`).toBeLessThanOrEqual(0);
      });
    }
  });
}

test("AUT-14: Deny and Allow are alike; neither has the focus, and Enter in the form never allows", async ({
  page,
  context,
  server,
}) => {
  await signInAs(context, server, await seedPerson(server, "empty"));
  await CONSENT_STATES[0]?.reach(page, server);
  await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
  const looks = await page.getByRole("button", { name: /^(Deny|Allow)$/ }).evaluateAll((buttons) =>
    buttons.map((button) => {
      const { width, height } = button.getBoundingClientRect();
      const { color, backgroundColor, borderColor, fontWeight, fontSize } = getComputedStyle(button);
      return { width, height, color, backgroundColor, borderColor, fontWeight, fontSize };
    }),
  );
  expect(looks).toHaveLength(2);
  expect(looks[0]).toEqual(looks[1]);
  const sent = page.waitForRequest((request) => request.method() === "POST");
  await page.getByRole("radio", { name: /Read only/ }).focus();
  await page.keyboard.press("Enter");
  expect((await sent).postData()).toContain("answer=deny");
});

async function findings(axe: AxeBuilder): Promise<string[]> {
  const { violations } = await axe.analyze();
  return violations.map(({ id, nodes }) => `${id} ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`);
}

/** Buttons and choices smaller than `least`; what stands within a sentence is exempt (WCAG 2.2, 2.5.8). */
function smallTargets(page: Page, least: number): Promise<string[]> {
  return page.evaluate((pixels) => {
    const all = [...document.querySelectorAll<HTMLElement>("button:not(.link), .btn, label.choice")];
    return all
      .map((element) => ({ element, box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.height < pixels - 0.5 || box.width < 24)
      .map(({ element, box }) => `${element.textContent}: ${box.width}x${box.height}`);
  }, least);
}
