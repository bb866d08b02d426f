// Makes docs/screenshots anew: every state of the keys, of connected apps, of connecting, of consent and of devices in both themes, at 1280 and 375 px. Needs a build of the pages (npm start
// makes one; NEXT_DIST_DIR names another). Run with: node scripts/screenshots.ts [part of a name]
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { chromium, type Page } from "@playwright/test";
import { APPS_STATES, seedApps } from "../e2e/apps-states.ts";
import { findChromium } from "../e2e/chromium.ts";
import { CONNECT_STATES } from "../e2e/connect-states.ts";
import { CONSENT_STATES } from "../e2e/consent-states.ts";
import { openPage, seedPerson, signInAs } from "../e2e/dashboard.ts";
import { DEVICE_STATES } from "../e2e/device-states.ts";
import { startServer } from "../e2e/fixtures.ts";
import { KEYS_STATES, type KeysState, SHEET_STATE } from "../e2e/keys-states.ts";
import type { Seeded } from "../e2e/seed-keys.ts";

type Theme = "light" | "dark";
type Size = (typeof SIZES)[number];

const FOLDER = join(import.meta.dirname, "..", "docs", "screenshots");
const SIZES = [
  { prefix: "", width: 1280, height: 800 },
  { prefix: "mobile-", width: 375, height: 812 },
] as const;
/** Dialogs fill the screen; only what lies in the page itself is taken whole. */
const WHOLE = new Set([
  "keys",
  "keys-empty",
  "key-detail",
  "key-detail-revoked",
  "apps",
  "apps-withdrawn",
  "apps-many",
  "apps-empty",
  "connect",
  "connect-key",
  "connect-form",
  "connect-code",
]);
const EMPTY: KeysState = { name: "keys-empty", path: () => "/keys" };

/** One for each person, all as long as one that people would have. */
const addresses = ["org", "com", "net", "edu", "dev", "app", "de", "fr"].map((end) => `maya@example.${end}`);
const address = () => addresses.shift() ?? "";

const only = process.argv[2] ?? "";
const server = await startServer();
const { executablePath, args, environment } = await findChromium();
const browser = await chromium.launch({ executablePath, args, env: environment });
try {
  for (const theme of ["light", "dark"] as const) {
    await mkdir(join(FOLDER, theme), { recursive: true });
    for (const size of SIZES) {
      // Some states change what the next would show, so each gets a person of its own kind in the order of the list.
      const full = await seedPerson(server, "full", address());
      const states = size.width < 861 ? [...KEYS_STATES, SHEET_STATE] : KEYS_STATES;
      for (const state of states) await take(state, theme, size, full);
      for (const state of [...CONNECT_STATES, ...CONSENT_STATES, ...DEVICE_STATES]) {
        await shoot(state.name, theme, size, full, (page) => state.reach(page, server));
      }
      const empty = await seedPerson(server, "empty", address());
      await take(EMPTY, theme, size, empty);
      const apps = await seedApps(server, empty.email);
      for (const state of APPS_STATES) {
        await shoot(state.name, theme, size, empty, (page) => state.reach(page, server, apps, empty.email));
      }
    }
  }
} finally {
  await browser.close();
  await server.stop();
}

async function take(state: KeysState, theme: Theme, size: Size, person: Seeded): Promise<void> {
  await shoot(state.name, theme, size, person, async (page) => {
    await openPage(page, server, state.path(person));
    await state.steps?.(page);
  });
}

async function shoot(
  name: string,
  theme: Theme,
  { prefix, width, height }: Size,
  person: Seeded,
  reach: (page: Page) => Promise<void>,
): Promise<void> {
  if (!name.includes(only)) return;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    timezoneId: "UTC",
    reducedMotion: "reduce",
  });
  await signInAs(context, server, person);
  const page = await context.newPage();
  await reach(page);
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await page.mouse.move(0, 0);
  const path = join(FOLDER, theme, `${prefix}${name}.png`);
  await page.screenshot({ path, fullPage: WHOLE.has(name) || /^(consent|device)/.test(name) });
  await context.close();
}
