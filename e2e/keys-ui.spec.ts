import { expect, openPage, test } from "./dashboard.ts";

test("the server's markup has no style attribute, and the address of a dialog opens it", async ({
  page,
  server,
  person,
}) => {
  const cookie = `pensyve-session=${person.session}; tz=UTC`;
  for (const path of ["/keys", `/keys/${person.keys["new"]}`, "/keys/nothing"]) {
    const html = await (await fetch(server.url + path, { headers: { cookie } })).text();
    expect(html).not.toMatch(/\sstyle="/);
    expect(html).not.toMatch(/<style(?![^>]*nonce)/);
  }
  await openPage(page, server, `/keys?dialog=rename&key=${person.keys["reader"]}`);
  await expect(page.getByRole("dialog", { name: "Rename key" })).toBeVisible();
  await openPage(page, server, "/keys?dialog=rename&key=01900000-0000-7000-8000-000000000000");
  await expect(page.getByRole("dialog")).toBeHidden();
});

test("search, filter and sort stand in the address; the same address shows the same", async ({
  page,
  server,
  person,
  context,
}) => {
  expect(person.keys).not.toEqual({});
  await openPage(page, server, "/keys");
  const rows = page.locator("tr[data-key-id]");
  await expect(rows).toHaveCount(7);
  await page.getByRole("link", { name: "Ended 2" }).click();
  await expect(rows).toHaveCount(2);
  await page.getByRole("link", { name: "Last used" }).click();
  await expect(page.getByRole("columnheader", { name: "Last used" })).toHaveAttribute("aria-sort", "descending");
  await expect(rows.first()).toContainText("old laptop");
  const other = await context.newPage();
  await other.goto(page.url());
  await expect(other.locator("tr[data-key-id]").first()).toContainText("old laptop");
  await page.goBack();
  await page.goBack();
  await expect(rows).toHaveCount(7);
  await page.getByLabel("Search keys").fill("psy_Qm");
  await expect(rows).toHaveCount(1);
  await expect(page.getByRole("status").filter({ hasText: "1 key" })).toBeAttached();
  await expect(page).toHaveURL(/q=psy_Qm/);
  await page.getByLabel("Search keys").fill("zzz");
  await expect(page.getByText("Nothing matches")).toBeVisible();
  await page.getByRole("link", { name: "Clear filters" }).click();
  await expect(rows).toHaveCount(7);
  await page.goto(`${server.url}/keys?filter=bogus&sort=1&order=up&cursor=%00`);
  await expect(rows).toHaveCount(7);
});

test("every act by keyboard: c, j and k, r, e, Shift R, Enter, /, ?, Escape; a dialog gives the focus back", async ({
  page,
  server,
  person,
}) => {
  expect(person.keys).not.toEqual({});
  await openPage(page, server, "/keys");
  const dialog = (name: string | RegExp) =>
    page.getByRole(/Revoke/.test(String(name)) ? "alertdialog" : "dialog", { name });
  const opens = async (keys: string, name: string) => {
    await page.keyboard.press(keys);
    await expect(dialog(name)).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(dialog(name)).toBeHidden();
    await expect(page).not.toHaveURL(/dialog=/);
  };
  await opens("c", "New API key");
  await expect(page.getByRole("button", { name: "New key" })).toBeFocused();
  await opens("?", "Keyboard shortcuts");
  await page.keyboard.press("/");
  await expect(page.getByLabel("Search keys")).toBeFocused();
  await page.keyboard.type("c");
  await expect(page.getByRole("dialog")).toBeHidden();
  await page.getByLabel("Search keys").fill("");
  await page.keyboard.press("Escape");
  await expect(page.getByLabel("Search keys")).not.toBeFocused();
  await page.keyboard.press("j");
  await expect(page.getByRole("link", { name: "Claude Code, laptop" })).toBeFocused();
  await opens("r", "Rotate Claude Code, laptop");
  await expect(page.getByRole("button", { name: "Actions for Claude Code, laptop psy_8fK2" })).toBeFocused();
  await opens("e", "Rename key");
  await opens("Shift+R", "Revoke Claude Code, laptop?");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  await expect(page.locator("tr.pair-top a")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "staging-agent" })).toBeFocused();
  await page.keyboard.press("g");
  await page.keyboard.press("k");
  await expect(page.getByRole("heading", { level: 1, name: "API keys" })).toBeVisible();
});

test("a menu's act closes to its menu button; Back closes a dialog", async ({ page, server, person }) => {
  expect(person.keys).not.toEqual({});
  await openPage(page, server, "/keys");
  const actions = page.getByRole("button", { name: "Actions for ci-recall psy_Qm71" });
  await actions.click();
  await page.getByRole("menuitem", { name: "Rotate" }).click();
  await expect(page.getByRole("dialog", { name: "Rotate ci-recall" })).toBeVisible();
  await expect(page).toHaveURL(/dialog=rotate/);
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(actions).toBeFocused();
  await actions.press("Enter");
  await page.getByRole("menuitem", { name: "Rename" }).press("Enter");
  await expect(page.getByRole("dialog", { name: "Rename key" })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("dialog")).toBeHidden();
});

test("revoking a key in use asks for its name, and ends in a receipt, which stays in its history", async ({
  page,
  server,
  person,
}) => {
  expect(person.keys).not.toEqual({});
  await openPage(page, server, "/keys");
  await page.getByRole("button", { name: "Actions for Claude Code, laptop psy_8fK2" }).click();
  await page.getByRole("menuitem", { name: "Revoke" }).click();
  await expect(page.getByText("In use now. 3 clients used it in the last 24 hours")).toBeVisible();
  const field = page.getByLabel("Type Claude Code, laptop to confirm");
  await expect(field).toBeFocused();
  await page.getByRole("button", { name: "Revoke key" }).click();
  await expect(field).toHaveAccessibleDescription("Type Claude Code, laptop exactly, or paste it.");
  await field.fill("claude code, laptop");
  await field.press("Enter");
  await expect(field).toHaveAttribute("aria-invalid", "true");
  await field.fill(" Claude Code, laptop ");
  await field.press("Enter");
  const receipt = page.locator("output.receipt");
  await expect(receipt).toContainText(/Refused everywhere after (under 1|\d+) ms/);
  await expect(receipt).toContainText("1 of 1 gateway acknowledged");
  await expect(receipt).toContainText(/revoked \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} UTC/);
  await expect(page.getByRole("heading", { name: "Claude Code, laptop is revoked" })).toBeFocused();
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.locator(`tr[data-key-id="${person.keys["laptop"]}"]`)).toContainText("Revoked");
  await openPage(page, server, `/keys/${person.keys["laptop"]}`);
  const history = page.getByRole("table", { name: "History of this key" });
  await expect(history.getByRole("row", { name: /Key revoked/ })).toContainText(
    /by you *Refused everywhere after (under 1|\d+) ms \(1 of 1 gateway\)/,
  );
});

test("rotating shows the new key, both rows together, and the hand-over; the old key is ended with a receipt", async ({
  page,
  server,
  person,
}) => {
  expect(person.keys).not.toEqual({});
  await openPage(page, server, "/keys");
  await page.getByRole("button", { name: "Actions for ci-recall psy_Qm71" }).click();
  await page.getByRole("menuitem", { name: "Rotate" }).click();
  await page.getByLabel("Other").check();
  await page.getByRole("spinbutton", { name: "Hours" }).fill("169");
  await page.getByRole("button", { name: "Rotate key" }).click();
  await expect(page.getByText("Choose 0 to 168 hours.")).toBeVisible();
  await page.getByRole("spinbutton", { name: "Hours" }).fill("2");
  await page.getByRole("button", { name: "Rotate key" }).click();
  await expect(page.getByRole("heading", { name: "Copy your new key now" })).toBeVisible();
  await expect(page.getByText(/The old one, psy_Qm71…, works until/)).toBeVisible();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Close anyway" }).click();
  const old = page.locator(`tr[data-key-id="${person.keys["reader"]}"]`);
  await expect(old).toContainText(/In grace.*1 h 59 min left|In grace.*2 h left/);
  await expect(old).toHaveClass(/pair-sub/);
  await expect(page.locator("tr.pair-top", { hasText: "replaces psy_Qm71" })).toBeVisible();

  await page.getByRole("link", { name: "ci-recall" }).first().click();
  await expect(page.getByText("Unclear. 1 client was not seen since the rotation")).toBeVisible();
  await page.getByRole("button", { name: "End old key now" }).click();
  await page.getByRole("button", { name: "End old key", exact: true }).click();
  await expect(page.locator("output.receipt")).toContainText("Refused everywhere after");
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.getByText(/^Ended /)).toBeVisible();
});

test("a new name shows at once and can be undone", async ({ page, server, person }) => {
  await openPage(page, server, "/keys");
  const row = page.locator(`tr[data-key-id="${person.keys["expiring"]}"]`);
  await row.getByRole("button").click();
  await page.getByRole("menuitem", { name: "Rename" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("");
  await page.getByRole("button", { name: "Save name" }).click();
  await expect(page.getByText("Give the key a name, so that you find it again.")).toBeVisible();
  await page.getByRole("textbox", { name: "Name" }).fill("importer");
  await page.getByRole("button", { name: "Save name" }).click();
  await expect(row).toContainText("importer");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(row).toContainText("notes-importer");
  await expect(async () => {
    await page.reload();
    await expect(row).toContainText("notes-importer", { timeout: 1000 });
  }).toPass();
});

test("an act that began at a dialog's own address does not load the document anew", async ({
  page,
  server,
  person,
}) => {
  await openPage(page, server, `/keys?dialog=rename&key=${person.keys["reader"]}`);
  await page.evaluate(() => Reflect.set(window, "isSame", true));
  await page.getByRole("textbox", { name: "Name" }).fill("addressed");
  await page.getByRole("button", { name: "Save name" }).click();
  await expect(page.getByText("Name saved")).toBeVisible();
  await page.waitForLoadState("networkidle");
  await expect(page.getByText("Name saved")).toBeVisible();
  expect(await page.evaluate(() => Reflect.get(window, "isSame"))).toBe(true);
  expect(page.url()).toBe(`${server.url}/keys`);
});

test("the end of a grace period can be moved, within its limits, and moved back", async ({ page, server, person }) => {
  await openPage(page, server, "/keys");
  await page.getByRole("button", { name: "Give it more time" }).click();
  const field = page.getByLabel("Works until");
  await field.fill("2020-01-01T10:00");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(field).toHaveAttribute("aria-invalid", "true");
  const soon = new Date(Date.now() + 30 * 3_600_000).toISOString().slice(0, 16);
  await field.fill(soon);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText(/^End moved to /)).toBeVisible();
  const old = page.locator(`tr[data-key-id="${person.keys["old"]}"]`);
  await expect(old).toContainText(/(29 h 5\d min|30 h) left/);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(old).toContainText(/15 h 1\d min left/);
});

test("not mine is not there", async ({ page, server, person }) => {
  expect(person.session).not.toBe("");
  await openPage(page, server, "/keys/01900000-0000-7000-8000-000000000000");
  await expect(page.getByRole("heading", { level: 1, name: "Nothing here" })).toBeVisible();
});

test.describe("no keys", () => {
  test.use({ kind: "empty" });

  test("the empty page leads to the first key", async ({ page, server, person }) => {
    expect(person.keys).toEqual({});
    await openPage(page, server, "/keys");
    await page.getByRole("button", { name: "Create your first key" }).click();
    await page.getByRole("textbox", { name: "Name" }).fill("first");
    await page.getByLabel("Read only").check();
    await page.getByRole("button", { name: "Create key" }).click();
    await expect(page.getByRole("heading", { name: "Copy your key now" })).toBeVisible();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Close anyway" }).click();
    await expect(page.locator("tr[data-key-id]")).toHaveCount(1);
    await expect(page.getByRole("img", { name: "mcp:read: recall, inspect, status, account" })).toBeVisible();
  });
});
