import type { Page, Response } from "@playwright/test";
import { expect, openPage, settled, test } from "./dashboard.ts";

const KEY = /psy_[0-9A-Za-z]{49}/;

async function createKey(page: Page, name: string): Promise<string> {
  await page.getByRole("button", { name: "New key" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill(name);
  await page.getByRole("button", { name: "Create key" }).click();
  await expect(page.getByRole("heading", { name: "Copy your key now" })).toBeVisible();
  const shown = await page.locator(".secret .value").textContent();
  expect(shown).toMatch(KEY);
  return shown ?? "";
}

test.use({ permissions: ["clipboard-read", "clipboard-write"] });

test("a secret passes once: after closing it is in no node, address, history entry, storage, answer or console line", async ({
  page,
  server,
  person,
  consoleLines,
}) => {
  const bodies: Promise<string>[] = [];
  const keep = (response: Response) => {
    bodies.push(response.text().catch(() => ""));
  };
  expect(person.keys).not.toEqual({});
  await openPage(page, server, "/keys");
  const key = await createKey(page, "research-agent");
  expect(page.url()).not.toContain("dialog");
  await page.getByRole("button", { name: "Copy the key" }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(key);
  page.on("response", keep);
  await page.getByRole("button", { name: "I have copied it" }).click();
  await expect(page.getByRole("row", { name: /research-agent/ })).toBeVisible();
  await page.waitForLoadState("networkidle");

  const places = await page.evaluate(async () => {
    const databases = await indexedDB.databases();
    const caches_ = await caches.keys();
    return {
      document: document.documentElement.outerHTML,
      fields: [...document.querySelectorAll("input")].map(({ value }) => value).join(),
      address: location.href,
      history: JSON.stringify(history.state),
      storage: JSON.stringify({ ...localStorage, ...sessionStorage }),
      databases: JSON.stringify([databases, caches_]),
      flight: JSON.stringify(Reflect.get(window, "__next_f") ?? ""),
      requests: performance
        .getEntries()
        .map(({ name }) => name)
        .join(),
      title: document.title,
    };
  });
  for (const [place, text] of Object.entries(places)) expect(text, place).not.toContain(key);
  expect(consoleLines.join("\n")).not.toContain(key);
  for (const body of await Promise.all(bodies)) expect(body).not.toContain(key);

  await page.goBack();
  await page.goForward();
  expect(await page.content()).not.toContain(key);
  await page.reload();
  await expect(page.getByRole("row", { name: /research-agent/ })).toBeVisible();
  expect(await page.content()).not.toContain(key);
  expect(server.output()).not.toContain(key);
});

test("leaving without a copy asks once, and the answer can be taken back", async ({ page, server, person }) => {
  expect(person.session).not.toBe("");
  await openPage(page, server, "/keys");
  const key = await createKey(page, "asked");
  const question = page.getByRole("alertdialog", { name: "Close without copying?" });
  await page.keyboard.press("Escape");
  await expect(question).toBeVisible();
  await expect(page.getByRole("button", { name: "Go back" })).toBeFocused();
  await settled(page);
  await page.keyboard.press("Escape");
  await expect(question).toBeHidden();
  await expect(page.locator(".secret .value")).toHaveText(key);
  await page.getByRole("button", { name: "I have copied it" }).click();
  await expect(question).toBeVisible();
  await page.getByRole("button", { name: "Close anyway" }).click();
  await expect(page.locator(".secret")).toBeHidden();
  expect(await page.content()).not.toContain(key);
  await expect(page.getByRole("button", { name: "New key" })).toBeFocused();
});

test("a copied command, a copy by hand and a download count as copied", async ({ page, server, person }) => {
  expect(person.session).not.toBe("");
  await openPage(page, server, "/keys");
  const key = await createKey(page, "by command");
  const code = page.getByRole("region", { name: "Claude Code, Terminal" });
  await expect(code).toContainText(`PENSYVE_API_KEY="${key.slice(0, 8)}…"`);
  await page.getByRole("button", { name: "Copy Claude Code, Terminal" }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(`PENSYVE_API_KEY="${key}"`);
  await page.keyboard.press("Escape");
  await expect(page.locator(".secret")).toBeHidden();

  const second = await createKey(page, "by hand");
  await page.locator(".secret .value").click({ clickCount: 3 });
  await page.keyboard.press("Control+C");
  expect((await page.evaluate(() => navigator.clipboard.readText())).trim()).toBe(second);
  await page.keyboard.press("Escape");
  await expect(page.locator(".secret")).toBeHidden();

  const third = await createKey(page, "by file");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download .env" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("pensyve.env");
  const chunks: Buffer[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(Buffer.from(chunk));
  expect(Buffer.concat(chunks).toString()).toBe(`PENSYVE_API_KEY=${third}\nPENSYVE_API_URL=${server.url}\n`);
  await page.keyboard.press("Escape");
  await expect(page.locator(".secret")).toBeHidden();
});

test("a command without the key does not count", async ({ page, server, person }) => {
  expect(person.session).not.toBe("");
  await openPage(page, server, "/keys");
  await createKey(page, "config only");
  await page.getByRole("tab", { name: "mcp.json" }).click();
  await expect(page.getByRole("region", { name: "mcp.json, .mcp.json" })).toContainText("${PENSYVE_API_KEY}");
  await page.getByRole("button", { name: "Copy mcp.json, .mcp.json" }).click();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("alertdialog", { name: "Close without copying?" })).toBeVisible();
});

test("a double submit makes one key", async ({ page, server, person }) => {
  expect(person.session).not.toBe("");
  await openPage(page, server, "/keys");
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  let posts = 0;
  await page.route("**/keys*", async (route) => {
    if (route.request().method() === "POST") {
      posts += 1;
      await held;
    }
    await route.continue();
  });
  await page.getByRole("button", { name: "New key" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("only one");
  const button = page.getByRole("button", { name: /Create key|Creating…/ });
  await button.dblclick();
  await expect(button).toHaveAttribute("aria-disabled", "true");
  await page.getByRole("textbox", { name: "Name" }).press("Enter");
  release();
  await expect(page.getByRole("heading", { name: "Copy your key now" })).toBeVisible();
  await page.getByRole("button", { name: "Copy the key" }).click();
  await page.getByRole("button", { name: "I have copied it" }).click();
  await expect(page.getByRole("link", { name: "only one" })).toHaveCount(1);
  // One made it, the others read who uses it.
  expect(posts).toBeGreaterThan(0);
});

test("the first request with the new key is seen and named", async ({ page, server, person }) => {
  expect(person.session).not.toBe("");
  await openPage(page, server, "/keys");
  const key = await createKey(page, "first request");
  await expect(page.getByText("Waiting for the first request with this key")).toBeVisible();
  const answer = await fetch(`${server.url}/v1/recall`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json", "user-agent": "curl/8.9.1" },
    body: JSON.stringify({ query: "user preferences" }),
  });
  expect(answer.status).toBe(200);
  await expect(page.getByText(/^Connected\. curl\/8\.9\.1 called recall at \d\d:\d\d\.$/)).toBeVisible({
    timeout: 20_000,
  });
});
