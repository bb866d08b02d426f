import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { expect, type Page, test } from "@playwright/test";
import { recordSecret } from "#test/run-record.ts";
import { type RunningServer, setupUrl, startServer } from "./fixtures.ts";

const HOUR_MS = 3_600_000;
const EMAIL = "ada@example.org";
const PASSWORD = "seven herons on the pier";

let folder: string;
let server: RunningServer;

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pensyve-clock-"));
  await writeFile(join(folder, "offset"), "0");
  server = await startServer({
    env: { MOVED_CLOCK_FILE: join(folder, "offset") },
    nodeArguments: ["--import", "./e2e/moved-clock.ts"],
  });
});
test.afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});
test.use({ permissions: ["clipboard-read", "clipboard-write"] });

/** Moves the server's wall clock; nothing in the product can. */
async function moveClock(milliseconds: number): Promise<void> {
  await writeFile(join(folder, "offset"), String(milliseconds));
  server.process.kill("SIGUSR2");
  await expect.poll(() => server.output()).toContain(`clock moved by ${milliseconds}\n`);
}

const request = (key: string, path: string, body: object) =>
  fetch(server.url + path, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
const recallStatus = async (key: string) => (await request(key, "/v1/recall", { query: "dark mode" })).status;

async function copyKey(page: Page): Promise<string> {
  await page.getByRole("button", { name: "Copy the key" }).click();
  const key = await page.evaluate(() => navigator.clipboard.readText());
  expect(key).toMatch(/^psy_[0-9A-Za-z]{49}$/);
  await page.getByRole("button", { name: "I have copied it" }).click();
  return key;
}

async function withMcpClient<Result>(key: string, use: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ name: "journey", version: "1.0.0" });
  const requestInit = { headers: { authorization: `Bearer ${key}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${server.url}/mcp`), { requestInit }));
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

test("from the set-up link to a key that works, is rotated, and stops working everywhere", async ({ page }) => {
  test.setTimeout(120_000);
  let writer = "";
  let reader = "";
  let successor = "";

  await test.step("make the first account", async () => {
    await page.goto(await setupUrl(server));
    await page.getByLabel("Email").fill(EMAIL);
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: "Make account" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "API keys" })).toBeVisible();
  });

  await test.step("create a key with full access, and one that may only read", async () => {
    await page.getByRole("button", { name: "Create your first key" }).click();
    await page.getByRole("textbox", { name: "Name" }).fill("ingest");
    await page.getByRole("button", { name: "Create key" }).click();
    writer = await copyKey(page);
    await page.getByRole("button", { name: "New key" }).click();
    await page.getByRole("textbox", { name: "Name" }).fill("reader");
    await page.getByRole("radio", { name: /Read only/ }).check();
    await page.getByRole("button", { name: "Create key" }).click();
    reader = await copyKey(page);
  });

  await test.step("remember, recall by fetch and by the official MCP client", async () => {
    expect((await request(writer, "/v1/remember", { entity: "ada", fact: "prefers dark mode" })).status).toBe(201);
    const recalled = await request(reader, "/v1/recall", { query: "dark modes" });
    expect(recalled.status).toBe(200);
    expect((await recalled.json()).memories[0].content).toBe("prefers dark mode");
    await withMcpClient(reader, async (client) => {
      const { tools } = await client.listTools();
      const readable = ["pensyve_account", "pensyve_inspect", "pensyve_recall", "pensyve_status"];
      expect(tools.map(({ name }) => name).sort()).toEqual(readable);
      const result = await client.callTool({ name: "pensyve_recall", arguments: { query: "dark mode" } });
      expect(JSON.stringify(result.content)).toContain("prefers dark mode");
    });
  });

  await test.step("a write is refused and the scope is named", async () => {
    const refused = await request(reader, "/v1/remember", { entity: "ada", fact: "likes tea" });
    expect(refused.status).toBe(403);
    expect(refused.headers.get("www-authenticate")).toContain('error="insufficient_scope"');
    expect(refused.headers.get("www-authenticate")).toContain('scope="mcp:write"');
    expect((await refused.json()).detail).toContain("mcp:write");
    await withMcpClient(reader, async (client) => {
      const result = await client.callTool({ name: "pensyve_remember", arguments: { entity: "a", fact: "b c" } });
      expect(result.isError).toBe(true);
      expect(JSON.stringify(result.content)).toContain("mcp:write");
    });
  });

  await test.step("rotate: both keys work", async () => {
    await page.reload();
    await page.getByRole("link", { name: "reader" }).click();
    await page.getByRole("button", { name: "Rotate" }).click();
    await page.getByRole("button", { name: "Rotate key" }).click();
    successor = await copyKey(page);
    expect([await recallStatus(reader), await recallStatus(successor)]).toEqual([200, 200]);
  });

  await test.step("after the grace period the old key, warm in the gateway, is refused", async () => {
    await moveClock(24 * HOUR_MS - 60_000);
    expect(await recallStatus(reader)).toBe(200);
    await moveClock(24 * HOUR_MS + 60_000);
    expect([await recallStatus(reader), await recallStatus(successor)]).toEqual([401, 200]);
    await expect(withMcpClient(reader, (client) => client.listTools())).rejects.toThrow();
  });

  await test.step("revoke: refused, and the page says by whom", async () => {
    await page.goto(`${server.url}/keys?filter=in_use`);
    const row = page.getByRole("row", { name: /reader/ }).filter({ hasText: successor.slice(0, 8) });
    // Uses are written in batches; a key in use asks for its name.
    await expect(async () => {
      await page.reload();
      await expect(row).toBeVisible();
      await expect(row).not.toContainText("Never used", { timeout: 500 });
    }).toPass();
    await row.getByRole("button").click();
    await page.getByRole("menuitem", { name: "Revoke" }).click();
    await page.getByLabel("Type reader to confirm").fill("reader");
    await page.getByRole("button", { name: "Revoke key" }).click();
    const receipt = page.locator("output").filter({ hasText: "Refused everywhere after" });
    await expect(receipt).toContainText("1 of 1 gateway acknowledged");
    expect(await recallStatus(successor)).toBe(401);
    await page.getByRole("button", { name: "Done" }).click();
  });

  await test.step("the other key goes on; activity tells it all", async () => {
    expect(await recallStatus(writer)).toBe(200);
    await page.goto(`${server.url}/activity`);
    for (const act of ["Key created", "Key rotated", "Key revoked"]) {
      await expect(page.getByText(act).first()).toBeVisible();
    }
  });

  for (const secret of [writer, reader, successor, PASSWORD]) {
    recordSecret(secret);
    expect(server.output()).not.toContain(secret);
  }
});
