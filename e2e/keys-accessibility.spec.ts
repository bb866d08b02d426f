import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, openPage, seedPerson, settled, signInAs, test } from "./dashboard.ts";
import type { RunningServer } from "./fixtures.ts";
import { KEYS_STATES, type KeysState, SHEET_STATE } from "./keys-states.ts";
import { COLOR_RULES, EVERYTHING, findings, overflow, smallTargets } from "./page-checks.ts";
import type { Seeded } from "./seed-keys.ts";

const SIZES = [
  { width: 1280, height: 800 },
  { width: 375, height: 812 },
] as const;

async function reach(page: Page, server: RunningServer, state: KeysState, person: Seeded): Promise<void> {
  await openPage(page, server, state.path(person));
  await state.steps?.(page);
  await settled(page);
}

for (const { width, height } of SIZES) {
  test.describe(`${width} px`, () => {
    test.use({ viewport: { width, height }, colorScheme: "light" });

    test("axe finds nothing in either theme, targets are large enough, nothing scrolls sideways down to 320 px", async ({
      page,
      server,
      person,
    }) => {
      test.setTimeout(240_000);
      // The theme changes under the page; a color on its way to another has no contrast to measure.
      await page.emulateMedia({ reducedMotion: "reduce" });
      for (const state of width < 861 ? [...KEYS_STATES, SHEET_STATE] : KEYS_STATES) {
        await test.step(state.name, async () => {
          await reach(page, server, state, person);
          const light = new AxeBuilder({ page }).withTags(EVERYTHING);
          // A menu stands outside the landmarks while it is open, as menus do.
          if (state.name === "keys-menu") light.disableRules(["region"]);
          expect.soft(await findings(light), state.name).toEqual([]);
          await page.evaluate(() => document.documentElement.setAttribute("data-theme", "dark"));
          expect
            .soft(await findings(new AxeBuilder({ page }).withRules(COLOR_RULES)), `${state.name}, dark`)
            .toEqual([]);
          expect.soft(await smallTargets(page, width < 861 ? 44 : 24), state.name).toEqual([]);
          expect.soft(await overflow(page), `${state.name} scrolls sideways`).toBe(0);
          if (width > 860) return;
          await page.setViewportSize({ width: 320, height: 640 });
          expect.soft(await overflow(page), `${state.name} scrolls sideways at 320 px (1.4.10)`).toBe(0);
          await page.setViewportSize({ width, height });
        });
      }
    });
  });
}

test.describe("before the first key", () => {
  test.use({ kind: "empty" });

  for (const { width, height } of SIZES) {
    test(`axe finds nothing at ${width} px, in both themes`, async ({ page, server, person }) => {
      expect(person.keys).toEqual({});
      await page.setViewportSize({ width, height });
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        await openPage(page, server, "/keys");
        await expect(page.getByRole("heading", { name: "No keys yet" })).toBeVisible();
        expect(await findings(new AxeBuilder({ page }).withTags(EVERYTHING))).toEqual([]);
      }
    });
  }
});

test("the focus is never hidden, by keyboard alone at 375 px (WCAG 2.2, 2.4.11)", async ({ browser, server }) => {
  const person = await seedPerson(server, "full");
  const context = await browser.newContext({ viewport: { width: 375, height: 812 } });
  await signInAs(context, server, person);
  const page = await context.newPage();
  await openPage(page, server, "/keys");
  const seen = new Set<string>();
  for (let step = 0; step < 60; step += 1) {
    await page.keyboard.press("Tab");
    const place = await page.evaluate(() => {
      const element = document.activeElement;
      if (element === null || element === document.body) return undefined;
      const box = element.getBoundingClientRect();
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      const top = document.elementFromPoint(x, y);
      const isInside = box.top >= 0 && box.bottom <= innerHeight;
      const name = element.getAttribute("aria-label") ?? element.textContent ?? element.id;
      return { name, isVisible: isInside && top !== null && (element.contains(top) || top.contains(element)) };
    });
    if (place === undefined) break;
    expect.soft(place.isVisible, place.name).toBe(true);
    seen.add(place.name);
  }
  expect(seen.size).toBeGreaterThan(15);
  await context.close();
});

test("states keep their words and marks in forced colors and without color", async ({ browser, server, person }) => {
  for (const options of [{ forcedColors: "active" }, { reducedMotion: "reduce" }] as const) {
    const context = await browser.newContext(options);
    await signInAs(context, server, person);
    const page = await context.newPage();
    await openPage(page, server, "/keys");
    for (const [word, shape] of [
      ["Active", "circle[fill='currentColor']"],
      ["In grace", "circle + path[fill='currentColor']"],
      ["Expiring", "path[fill='currentColor']"],
      ["Expired", "circle[stroke-dasharray]"],
      ["Revoked", "circle + path[stroke='currentColor']"],
    ] as const) {
      const status = page.locator(".status", { hasText: new RegExp(`^${word}$`) }).first();
      await expect(status).toBeVisible();
      await expect(status.locator(shape).first()).toBeVisible();
    }
    await context.close();
  }
});
