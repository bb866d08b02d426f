import type AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";

export const EVERYTHING = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** What the theme can change; everything else is the same document. */
export const COLOR_RULES = ["color-contrast", "link-in-text-block"];

/** What axe finds, in lines. */
export async function findings(axe: AxeBuilder): Promise<string[]> {
  const { violations } = await axe.analyze();
  return violations.map(({ id, nodes }) => `${id} ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`);
}

/** Buttons, fields, menu items and navigation smaller than `least`; links within text are exempt (WCAG 2.2, 2.5.8). */
export function smallTargets(page: Page, least: number): Promise<string[]> {
  return page.evaluate((pixels) => {
    const all = document.querySelectorAll<HTMLElement>(
      "button, [role=menuitem], .btn, .nav a, .seg a, label.choice, input:not([type=radio])",
    );
    const top = document.querySelector("[role=dialog], [role=alertdialog]");
    return [...all]
      .filter((element) => top === null || top.contains(element))
      .map((element) => ({ element, box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && (box.height < pixels - 0.5 || box.width < 24))
      .map(
        ({ element, box }) =>
          `${element.textContent || element.getAttribute("aria-label")}: ${box.width}x${box.height}`,
      );
  }, least);
}

/** How far the page, or an open dialog, scrolls sideways. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(() =>
    Math.max(
      ...[document.documentElement, ...document.querySelectorAll("[role=dialog], [role=alertdialog]")].map(
        (element) => element.scrollWidth - element.clientWidth,
      ),
    ),
  );
}
