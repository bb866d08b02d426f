import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { Page } from "@playwright/test";
import { recordSecret } from "#test/run-record.ts";
import { allowInBrowser } from "../allow.ts";
import { seedPerson, signInAs } from "../dashboard.ts";
import { test as base, expect, type RunningServer } from "../fixtures.ts";
import type { Seeded } from "../seed-keys.ts";
import { type CodeServer, installCodeServer, packExtension, startCodeServer } from "./code-server.ts";

const INSTALL_MS = 600_000;

type Packed = { folder: string; vsix: string };

/** `code`: a fresh code-server with the packed extension, set to the server. `person` is signed in to the server in the browser. */
const test = base.extend<{ person: Seeded; code: CodeServer }, { packed: Packed }>({
  packed: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names from this pattern
    async ({}, use) => {
      const folder = await mkdtemp(join(tmpdir(), "pensyve-vsix-"));
      await installCodeServer();
      await use({ folder, vsix: await packExtension(folder) });
      await rm(folder, { recursive: true, force: true });
    },
    { scope: "worker", timeout: INSTALL_MS },
  ],
  person: async ({ server, context }, use) => {
    const person = await seedPerson(server, "empty");
    await signInAs(context, server, person);
    await use(person);
  },
  code: async ({ packed, server }, use) => {
    const home = await mkdtemp(join(tmpdir(), "pensyve-code-"));
    const code = await startCodeServer(home, packed.vsix);
    await code.configure({ ...QUIET, "pensyve.serverUrl": server.url });
    await use(code);
    await code.stop();
    await rm(home, { recursive: true, force: true });
  },
});

/** Nothing of the editor's own that would take the keyboard. */
const QUIET = {
  "workbench.startupEditor": "none",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.tips.enabled": false,
};

test("the package holds the bundle, its papers and the icon: no sources, no tests, no dependencies, no secrets", async ({
  packed,
}) => {
  const files = await filesOf(packed.vsix);
  expect([...files.keys()].sort()).toEqual(
    [
      "[Content_Types].xml",
      "extension.vsixmanifest",
      "extension/LICENSE.txt",
      "extension/changelog.md",
      "extension/dist/extension.cjs",
      "extension/media/icon.png",
      "extension/package.json",
      "extension/readme.md",
    ].sort(),
  );
  expect((await stat(packed.vsix)).size).toBeLessThan(100_000);
  const bundle = files.get("extension/dist/extension.cjs") ?? "";
  expect(bundle).not.toMatch(/psy_[0-9A-Za-z]{49}|sourceMappingURL/);
  // Where it was made.
  expect(bundle).not.toContain(join(import.meta.dirname, "..", ".."));
  const needed = [...bundle.matchAll(/require\("([^"]+)"\)/g)].map(([, name]) => name);
  expect([...new Set(needed)].sort()).toEqual(["node:http", "vscode"]);
});

test("with a key: signed in, remembered, recalled, inspected, and the status shown", async ({
  code,
  page,
  person,
  server,
}) => {
  const key = await createKey(server, person);
  await openEditor(page, code);
  await command(page, "Pensyve: Sign in with an API key");
  await answer(page, "A key from the dashboard of", key);
  await expect(notice(page, "with an API key.")).toBeVisible();

  await command(page, "Pensyve: Remember");
  await answer(page, "A short sentence without its subject", "leaves at noon");
  await answer(page, "Who or what it is about", "ferry");
  await expect(notice(page, "Remembered about ferry.")).toBeVisible();

  await command(page, "Pensyve: Recall");
  await answer(page, "What to look for", "noon");
  await expect(options(page).filter({ hasText: "leaves at noon" })).toBeVisible();
  await page.keyboard.press("Escape");

  await command(page, "Pensyve: Inspect");
  await answer(page, "Who or what to look at", "ferry");
  await expect(shown(page).getByText("leaves at noon")).toBeVisible();

  await command(page, "Pensyve: Status");
  await expect(shown(page).getByRole("heading", { name: "Pensyve is connected" })).toBeVisible();
  await expect(shown(page).getByText(`API key ${key.slice(0, 8)}`)).toBeVisible();
});

test("AUT-01 AUT-04: with OAuth: the person allows it in the browser, and the status says so; withdrawn, the editor tells its owner", async ({
  code,
  context,
  page,
  person,
  server,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await openEditor(page, code);
  await command(page, "Pensyve: Sign in");
  await page.getByRole("dialog").getByRole("button", { name: "Allow" }).click();
  // code-server would open an address of this computer through its proxy, so the extension gives it to the person instead.
  await page.getByRole("button", { name: "Copy the address" }).click();
  const address = () => page.evaluate(() => navigator.clipboard.readText());
  await expect.poll(address).toMatch(/^http:\/\/localhost:\d+\/oauth\/authorize\?/);
  const browser = await context.newPage();
  await allowInBrowser(browser, await address());
  await expect(browser.getByText("You can close this tab and go back to the editor.")).toBeVisible();
  await browser.close();
  await expect(notice(page, `Signed in at ${new URL(server.url).host}.`)).toBeVisible();
  await command(page, "Pensyve: Status");
  await expect(shown(page).getByText("OAuth", { exact: true })).toBeVisible();

  const grants = JSON.parse(await server.cli(["grant", "list", "--email", person.email, "--json"]));
  expect(grants).toMatchObject([{ clientId: "pensyve-vscode", scope: "mcp" }]);
  await server.cli(["grant", "withdraw", grants[0].id]);
  await command(page, "Pensyve: Status");
  await expect(notice(page, "no longer accepts this sign-in")).toBeVisible();
  await expect(page.getByRole("button", { name: "Sign in", exact: true })).toBeVisible();
});

test("the editor's list of MCP servers has Pensyve, and starting it finds the tools", async ({
  code,
  page,
  person,
  server,
}) => {
  const key = await createKey(server, person);
  await openEditor(page, code);
  await command(page, "Pensyve: Sign in with an API key");
  await answer(page, "A key from the dashboard of", key);
  await expect(notice(page, "with an API key.")).toBeVisible();
  await command(page, "MCP: List Servers");
  await options(page).and(page.getByLabel("Pensyve, Stopped")).click();
  await options(page).filter({ hasText: "Start Server" }).click();
  // Its output opens by itself.
  await expect(page.locator(".view-lines")).toContainText(/Discovered\s\d+\stools/, { timeout: 30_000 });
});

test("a key in the settings of an earlier release moves to the secret storage, and its owner is told", async ({
  code,
  page,
  person,
  server,
}) => {
  const key = await createKey(server, person);
  await code.configure({ ...QUIET, "pensyve.serverUrl": server.url, "pensyve.apiKey": key });
  await openEditor(page, code);
  await expect(notice(page, "is now in the editor's secret storage")).toBeVisible();
  await expect.poll(async () => await readFile(code.settingsFile, "utf8")).not.toContain(key);
  await command(page, "Pensyve: Status");
  await expect(shown(page).getByText(`API key ${key.slice(0, 8)}`)).toBeVisible();
});

async function createKey(server: RunningServer, { email }: Seeded): Promise<string> {
  const made = await server.cli(["key", "create", "--email", email, "--name", "editor", "--scope", "mcp", "--json"]);
  const { key } = JSON.parse(made);
  recordSecret(key);
  return key;
}

async function openEditor(page: Page, code: CodeServer): Promise<void> {
  await page.goto(code.url);
  await expect(page.locator(".monaco-workbench")).toBeVisible({ timeout: 60_000 });
}

/** Runs a command by its name in the palette, as people do. */
async function command(page: Page, name: string): Promise<void> {
  const entry = options(page).first();
  // Before the extension host is up the palette does not have it, and it does not look again while it is open.
  await expect(async () => {
    await page.keyboard.press("F1");
    await expect(input(page)).toHaveValue(">", { timeout: 2_000 });
    await input(page).fill(`>${name}`);
    await expect(entry)
      .toHaveAttribute("aria-label", new RegExp(`^${name}(,|$)`), { timeout: 2_000 })
      .catch(async (error) => {
        await page.keyboard.press("Escape");
        throw error;
      });
  }).toPass({ timeout: 60_000 });
  await page.keyboard.press("Enter");
}

/** Types into the input box that says `prompt`. */
async function answer(page: Page, prompt: string, text: string): Promise<void> {
  await expect(page.locator(".quick-input-widget").filter({ hasText: prompt })).toBeVisible();
  await input(page).fill(text);
  await page.keyboard.press("Enter");
}

function notice(page: Page, text: string) {
  return page.locator(".notifications-toasts .notification-list-item-message").filter({ hasText: text });
}

/** The rendered Markdown. */
function shown(page: Page) {
  return page.frameLocator("iframe.webview.ready").frameLocator("#active-frame");
}

function input(page: Page) {
  return page.locator(".quick-input-widget input.input");
}

function options(page: Page) {
  return page.locator(".quick-input-widget").getByRole("option");
}

/** The part of yauzl that is used: vsce brings it, without types. */
type Zip = {
  readEntry(): void;
  on(event: "entry", listener: (entry: { fileName: string }) => void): Zip;
  once(event: "end", listener: () => void): Zip;
  once(event: "error", listener: (error: Error) => void): Zip;
  openReadStream(entry: { fileName: string }, done: (error: Error | null, stream: Readable) => void): void;
};

/** The files of a .vsix, which is a zip archive: path and text. */
function filesOf(vsix: string): Promise<Map<string, string>> {
  const yauzl = createRequire(join(import.meta.dirname, "../../integrations/vscode/package.json"))("yauzl");
  const files = new Map<string, string>();
  return new Promise((resolve, reject) => {
    yauzl.open(vsix, { lazyEntries: true }, (failure: Error | null, zip: Zip) => {
      if (failure) return reject(failure);
      zip.once("error", reject).once("end", () => resolve(files));
      zip.on("entry", (entry) => {
        zip.openReadStream(entry, (error, stream) => {
          if (error) return reject(error);
          text(stream).then((content) => {
            files.set(entry.fileName, content);
            zip.readEntry();
          }, reject);
        });
      });
      zip.readEntry();
    });
  });
}
