import type { Page } from "@playwright/test";
import { expect } from "./dashboard.ts";
import type { RunningServer } from "./fixtures.ts";
import { type App, type AppOptions, appOf, registerApp } from "./oauth-app.ts";

/** Every state of the consent page and of the errors around it: how a signed-in browser gets there. */
export type ConsentState = { name: string; reach: (page: Page, server: RunningServer) => Promise<void> };

const LOOPBACK = "http://127.0.0.1:43210/callback";
/** Its document is fetched, or, where there is no way out, the copy that the server ships. */
const DOCUMENT = "https://claude.ai/oauth/claude-code-client-metadata";
const OWN_CLIENT = "pensyve-claude-code";

export const CONSENT_STATES: readonly ConsentState[] = [
  {
    name: "consent",
    reach: async (page, server) => {
      await ask(page, server, { redirectUri: LOOPBACK }, OWN_CLIENT);
    },
  },
  {
    name: "consent-verified",
    reach: async (page, server) => {
      await ask(page, server, { redirectUri: "http://localhost:43210/callback" }, DOCUMENT);
      await expect(page.getByText("verified claude.ai")).toBeVisible();
    },
  },
  {
    name: "consent-narrowed",
    reach: async (page, server) => {
      await ask(page, server, { redirectUri: LOOPBACK }, OWN_CLIENT);
      await page.getByRole("radio", { name: /Read only/ }).check();
      await expect(page.getByText("asked for Full access. It cannot:")).toBeVisible();
    },
  },
  {
    name: "consent-unverified",
    reach: async (page, server) => {
      await ask(page, server, { name: "Memory Helper", redirectUri: "https://app.memhelper.dev/oauth/callback" });
    },
  },
  {
    name: "consent-look-alike",
    reach: async (page, server) => {
      await ask(page, server, { name: "Claude Code", redirectUri: "https://claude-login.example/callback" });
    },
  },
  {
    name: "consent-step-up",
    reach: async (page, server) => {
      const app = { name: "Tab Keeper", redirectUri: "cursor://anysphere.cursor-mcp/oauth/callback" };
      const first = await ask(page, server, { ...app, scope: "mcp:read" });
      expect((await first.exchange(await allowSent(page))).status).toBe(200);
      await ask(page, server, app);
      await expect(page.getByText("If you deny, that one keeps Read only.")).toBeVisible();
    },
  },
  {
    name: "consent-sent",
    reach: async (page, server) => {
      await ask(page, server, { name: "Sent App", redirectUri: "cursor://anysphere.cursor-mcp/oauth/callback" });
      await allowSent(page);
    },
  },
  { name: "consent-error-expired", reach: (page, server) => open(page, `${server.url}/consent/no-such-request`) },
  {
    name: "consent-error-unknown-client",
    reach: (page, server) => open(page, appOf(server, "gone", { redirectUri: LOOPBACK }).authorizeUrl()),
  },
  {
    name: "consent-error-redirect",
    reach: (page, server) =>
      open(page, appOf(server, OWN_CLIENT, { redirectUri: "https://evil.example/" }).authorizeUrl()),
  },
  {
    name: "consent-error-document",
    reach: (page, server) =>
      open(page, appOf(server, "https://app.invalid/client.json", { redirectUri: LOOPBACK }).authorizeUrl()),
  },
  {
    name: "consent-error-stranger",
    reach: async (page, server) => {
      const app = await registerApp(server, { redirectUri: "https://login.phish.example/callback" });
      await open(page, app.authorizeUrl({ prompt: "none" }));
    },
  },
  {
    name: "consent-error-elsewhere",
    reach: async (page, server) => {
      const app = await registerApp(server, { redirectUri: LOOPBACK });
      const began = await fetch(app.authorizeUrl(), { redirect: "manual" });
      await open(page, new URL(began.headers.get("location") ?? "", server.url).href);
    },
  },
  { name: "consent-error-invalid", reach: (page, server) => open(page, `${server.url}/oauth/authorize`) },
  {
    name: "consent-error-signed-out",
    reach: (page, server) => open(page, `${server.url}/consent/error?kind=signed-out&uid=some-request`),
  },
];

async function ask(page: Page, server: RunningServer, options: AppOptions, clientId?: string): Promise<App> {
  const app = clientId === undefined ? await registerApp(server, options) : appOf(server, clientId, options);
  await open(page, app.authorizeUrl());
  await expect(page.getByRole("button", { name: "Allow", exact: true })).toBeVisible();
  return app;
}

/** Allows an app with a scheme of its own, and waits until the page that stays has gone on with the answer. @returns that answer */
async function allowSent(page: Page): Promise<URL> {
  const sent = page.waitForResponse((response) => (response.headers()["location"] ?? "").startsWith("cursor:"));
  await page.getByRole("button", { name: "Allow", exact: true }).click();
  const answer = new URL((await sent).headers()["location"] ?? "");
  await expect(page.getByRole("heading", { name: "Allowed" })).toBeVisible();
  return answer;
}

/** Opens a page and waits until its scripts run. */
async function open(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.waitForFunction(() => {
    const title = document.querySelector("h1");
    return title !== null && Object.keys(title).some((name) => name.startsWith("__react"));
  });
}
