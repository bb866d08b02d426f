import type { Page } from "@playwright/test";
import { expect } from "./dashboard.ts";
import type { Seeded } from "./seed-keys.ts";

/** Every page, dialog and state of the keys: how to get there from its address. */
export type KeysState = { name: string; path: (person: Seeded) => string; steps?: (page: Page) => Promise<void> };

const dialog = (page: Page, name: string | RegExp) =>
  expect(page.getByRole("heading", { name, level: 2 })).toBeVisible();

export const KEYS_STATES: readonly KeysState[] = [
  { name: "keys", path: () => "/keys" },
  {
    name: "keys-nothing-matches",
    path: () => "/keys?q=zzz",
    steps: (page) => expect(page.getByText("Nothing matches")).toBeVisible(),
  },
  {
    name: "keys-menu",
    path: () => "/keys",
    steps: async (page) => {
      await page.getByRole("button", { name: "Actions for staging-agent psy_c0Zt" }).click();
      await expect(page.getByRole("menuitem", { name: "End old key" })).toBeVisible();
    },
  },
  { name: "keys-create", path: () => "/keys?dialog=create", steps: (page) => dialog(page, "New API key") },
  {
    name: "keys-create-errors",
    path: () => "/keys?dialog=create",
    steps: async (page) => {
      await page.getByLabel("On a date").check();
      await page.getByRole("button", { name: "Create key" }).click();
      await expect(page.getByText("Give the key a name")).toBeVisible();
      await expect(page.getByText("Choose a day after today.")).toBeVisible();
    },
  },
  {
    name: "keys-reveal",
    path: () => "/keys?dialog=create",
    steps: async (page) => {
      await page.getByRole("textbox", { name: "Name" }).fill("research-agent");
      await page.getByLabel("Read only").check();
      await page.getByRole("button", { name: "Create key" }).click();
      await dialog(page, "Copy your key now");
    },
  },
  {
    name: "keys-reveal-question",
    path: () => "/keys?dialog=create",
    steps: async (page) => {
      await page.getByRole("textbox", { name: "Name" }).fill("research-agent");
      await page.getByRole("button", { name: "Create key" }).click();
      await dialog(page, "Copy your key now");
      await page.keyboard.press("Escape");
      await dialog(page, "Close without copying?");
    },
  },
  {
    name: "keys-rotate",
    path: ({ keys }) => `/keys?dialog=rotate&key=${keys["laptop"]}`,
    steps: (page) => expect(page.getByText("Used by 3 clients in the last 24 hours")).toBeVisible(),
  },
  {
    name: "keys-rotate-now",
    path: ({ keys }) => `/keys?dialog=rotate&key=${keys["laptop"]}`,
    steps: async (page) => {
      await page.getByLabel("End now").check();
      await expect(page.getByText("3 clients fail until you update them")).toBeVisible();
    },
  },
  {
    name: "keys-rename",
    path: ({ keys }) => `/keys?dialog=rename&key=${keys["reader"]}`,
    steps: (page) => dialog(page, "Rename key"),
  },
  {
    name: "keys-revoke",
    path: ({ keys }) => `/keys?dialog=revoke&key=${keys["laptop"]}`,
    steps: (page) => expect(page.getByLabel("Type Claude Code, laptop to confirm")).toBeFocused(),
  },
  { name: "key-detail", path: ({ keys }) => `/keys/${keys["new"]}` },
  { name: "key-detail-revoked", path: ({ keys }) => `/keys/${keys["revoked"]}` },
  {
    name: "key-end-old",
    path: ({ keys }) => `/keys/${keys["new"]}?dialog=end&key=${keys["old"]}`,
    steps: (page) => expect(page.getByText("Its requests fail at once.")).toBeVisible(),
  },
  {
    name: "key-more-time",
    path: ({ keys }) => `/keys/${keys["new"]}?dialog=more-time&key=${keys["old"]}`,
    steps: (page) => dialog(page, "Give the old key more time"),
  },
  {
    name: "shortcuts",
    path: () => "/keys",
    steps: async (page) => {
      await page.keyboard.press("?");
      await dialog(page, "Keyboard shortcuts");
    },
  },
  { name: "not-found", path: () => "/keys/nothing-here" },
  {
    name: "keys-revoked",
    path: ({ keys }) => `/keys?dialog=revoke&key=${keys["laptop"]}`,
    steps: async (page) => {
      await page.getByLabel("Type Claude Code, laptop to confirm").fill("Claude Code, laptop");
      await page.getByRole("button", { name: "Revoke key" }).click();
      await expect(page.getByText(/^Refused everywhere after/)).toBeVisible();
    },
  },
];

/** Only where the rail is a sheet. */
export const SHEET_STATE: KeysState = {
  name: "menu-sheet",
  path: () => "/keys",
  steps: async (page) => {
    await page.getByRole("button", { name: "Menu" }).click();
    await expect(page.getByRole("heading", { name: "Menu" })).toBeVisible();
  },
};
