import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";
import type { BrowserContext, Page } from "@playwright/test";
import { recordOutput, recordSecret } from "#test/run-record.ts";
import { test as base, expect, type RunningServer } from "./fixtures.ts";
import type { Seeded } from "./seed-keys.ts";

const ROOT = join(import.meta.dirname, "..");
const run = promisify(execFile);

/** A person of their own beside a running server, with keys in every state ("full") or none ("empty"). */
export async function seedPerson(
  server: RunningServer,
  kind: "full" | "empty",
  email = `maya-${randomBytes(4).toString("hex")}@example.org`,
): Promise<Seeded> {
  const env = { ...process.env, DATA_DIR: server.dataDir, PORT: String(server.port), PUBLIC_URL: server.url };
  const { stdout } = await run(process.execPath, [join(ROOT, "e2e", "seed-keys.ts"), kind, email], { cwd: ROOT, env });
  return JSON.parse(stdout);
}

/** Signs a browser in without the form. */
export async function signInAs(context: BrowserContext, server: RunningServer, person: Seeded): Promise<void> {
  recordSecret(person.session);
  await context.addCookies([
    { name: "pensyve-session", value: person.session, url: server.url },
    { name: "tz", value: "UTC", url: server.url },
  ]);
}

/** Opens a page of the dashboard and waits until it can be used: before that the keyboard does nothing. */
export async function openPage(page: Page, server: RunningServer, path: string): Promise<void> {
  await page.goto(server.url + path);
  // Behind a dialog the page is hidden from assistive technology, so by its tag.
  await expect(page.locator("h1")).toBeVisible();
  await page.waitForFunction(() => {
    const title = document.querySelector("h1");
    return title !== null && Object.keys(title).some((name) => name.startsWith("__react"));
  });
}

/** Waits until what has just opened stands: it rises for 200 ms, half transparent, and takes keys only then. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(() => {
    const rising = document.getAnimations().filter(({ effect }) => effect?.getTiming().iterations === 1);
    return Promise.all(rising.map(({ finished }) => finished)).then(() => undefined);
  });
}

/** `person`: who the page is signed in as; new for each test. Messages of the console are collected, and errors fail the test. */
export const test = base.extend<{ person: Seeded; kind: "full" | "empty"; consoleLines: string[] }>({
  kind: ["full", { option: true }],
  person: async ({ context, server, kind }, use) => {
    const person = await seedPerson(server, kind);
    await signInAs(context, server, person);
    await use(person);
  },
  consoleLines: [
    async ({ page }, use) => {
      const lines: string[] = [];
      const errors: string[] = [];
      page.on("console", (message) => {
        lines.push(message.text());
        if (message.type() === "error") errors.push(message.text());
      });
      page.on("pageerror", (error) => errors.push(String(error)));
      await use(lines);
      recordOutput("console", lines.join("\n"));
      expect(errors.filter((line) => !line.includes("404 (Not Found)"))).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };
