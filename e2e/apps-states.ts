import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Page } from "@playwright/test";
import { expect, openPage } from "./dashboard.ts";
import type { RunningServer } from "./fixtures.ts";
import type { SeededApps } from "./seed-apps.ts";

const ROOT = join(import.meta.dirname, "..");
const run = promisify(execFile);

/** Gives a person connected apps. @returns the ids of the grants by label. */
export async function seedApps(server: RunningServer, email: string, kind: "" | "many" = ""): Promise<SeededApps> {
  const env = { ...process.env, DATA_DIR: server.dataDir, PORT: String(server.port), PUBLIC_URL: server.url };
  const { stdout } = await run(process.execPath, [join(ROOT, "e2e", "seed-apps.ts"), email, kind], { cwd: ROOT, env });
  return JSON.parse(stdout);
}

/** Every state of the connected apps, in an order in which each leaves the next what it needs. */
export type AppsState = {
  name: string;
  reach: (page: Page, server: RunningServer, apps: SeededApps, email: string) => Promise<void>;
};

const title = (page: Page, name: string) => expect(page.getByRole("heading", { name, level: 2 })).toBeVisible();

export const APPS_STATES: readonly AppsState[] = [
  { name: "apps", reach: (page, server) => openPage(page, server, "/apps") },
  {
    name: "apps-withdraw",
    reach: async (page, server, { helper }) => {
      await openPage(page, server, `/apps?dialog=withdraw&app=${helper}`);
      await title(page, "Withdraw “Memory Helper”?");
    },
  },
  {
    name: "apps-withdraw-both",
    reach: async (page, server, { mac }) => {
      await openPage(page, server, `/apps?dialog=withdraw-product&app=${mac}`);
      await title(page, "Withdraw Claude Code?");
    },
  },
  {
    name: "apps-withdraw-all",
    reach: async (page, server) => {
      await openPage(page, server, "/apps?dialog=withdraw-all");
      await title(page, "Withdraw all 4 apps?");
    },
  },
  {
    name: "apps-receipt",
    reach: async (page, server, { cursor }) => {
      await openPage(page, server, `/apps?dialog=withdraw&app=${cursor}`);
      await page.getByRole("button", { name: "Withdraw", exact: true }).click();
      await title(page, "Cursor is withdrawn");
    },
  },
  {
    name: "apps-withdrawn",
    reach: async (page, server, { mac }) => {
      await openPage(page, server, `/apps?dialog=withdraw-product&app=${mac}`);
      await page.getByRole("button", { name: "Withdraw", exact: true }).click();
      await title(page, "Claude Code is withdrawn");
      await page.getByRole("button", { name: "Done" }).click();
      await expect(page.getByRole("row", { name: /Claude Code.*Refused everywhere after/ })).toHaveCount(2);
    },
  },
  {
    name: "apps-many",
    reach: async (page, server, _apps, email) => {
      await seedApps(server, email, "many");
      await openPage(page, server, "/apps");
      await page.getByRole("button", { name: "Show all 7 installations" }).waitFor();
    },
  },
  {
    name: "apps-empty",
    reach: async (page, server) => {
      await openPage(page, server, "/apps?dialog=withdraw-all");
      await page.getByRole("button", { name: "Withdraw", exact: true }).click();
      await page.getByRole("button", { name: "Done" }).click();
      await title(page, "No connected apps");
    },
  },
];
