import type { Page } from "@playwright/test";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { recordSecret } from "#test/run-record.ts";
import { block, type Part } from "#test/seed-blocks.ts";
import { test as base, expect, openPage } from "./dashboard.ts";
import { type RunningServer, signIn } from "./fixtures.ts";
import { makeKey } from "./make-key.ts";
import { startApp } from "./oauth-app.ts";
import { type ServerWithClock, serverWithClock } from "./server-with-clock.ts";

// The procedures of docs/seed.md, followed word by word in a browser.

const HOUR_MS = 3_600_000;

/** `server`: one whose clock the last test moves. */
const test = base.extend<object, { clocked: ServerWithClock; server: RunningServer }>({
  clocked: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names from this pattern
    async ({}, use) => {
      const clocked = await serverWithClock();
      await use(clocked);
      await clocked.server.stop();
    },
    { scope: "worker", timeout: 60_000 },
  ],
  server: [({ clocked }, use) => use(clocked.server), { scope: "worker" }],
});
test.use({ kind: "empty", permissions: ["clipboard-read", "clipboard-write"] });

/** Does what the page's list says, in its order; `acts` has an act for each of its lines, and none for a line that it has not. */
async function follow({ steps }: Part, acts: Record<string, () => Promise<void>>): Promise<void> {
  expect(Object.keys(acts)).toEqual(steps);
  for (const [step, act] of Object.entries(acts)) await test.step(step, act);
}

/** Copies the key that is shown, and closes. */
async function copyKey(page: Page): Promise<string> {
  await page.getByRole("button", { name: "Copy the key" }).click();
  const key = await page.evaluate(() => navigator.clipboard.readText());
  expect(key).toMatch(/^psy_/);
  recordSecret(key);
  await page.getByRole("button", { name: "I have copied it" }).click();
  return key;
}

async function openKeys(page: Page): Promise<void> {
  await page.getByRole("navigation").getByRole("link", { name: "API keys" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "API keys" })).toBeVisible();
}

async function openMenuOf(page: Page, name: string, item: string): Promise<void> {
  await page.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: item }).click();
}

async function me(server: RunningServer, credential: string): Promise<{ status: number; scope: unknown }> {
  const answer = await fetch(`${server.url}/v1/me`, { headers: { authorization: `Bearer ${credential}` } });
  return { status: answer.status, scope: ((await answer.json()) as { scope?: unknown }).scope };
}

test("seeds 02 and 03: the steps make a key, with full access unless another scope is chosen, which is shown once and works", async ({
  context,
  page,
  person,
  server,
}) => {
  await context.clearCookies({ name: "pensyve-session" });
  let key = "";
  await follow(block("02"), {
    "Sign in at http://localhost:3000": () => signIn(page, server, { ...person, name: "" }),
    "Go to Dashboard → API Keys": () => openKeys(page),
    "Click Create Key": () => page.getByRole("button", { name: "Create your first key" }).click(),
    "Choose a scope (see below)": async () => {
      await expect(page.getByRole("radio", { name: "90 days" })).toBeChecked();
      for (const [scope = ""] of block("03").rows) {
        const [label = ""] = scope.split(" (");
        const radio = page.getByRole("radio", { name: label });
        expect(await radio.isChecked(), scope).toBe(label === "Full access");
        await expect(page.locator("label", { has: radio })).toContainText(/`(.+)`/.exec(scope)?.[1] ?? "");
      }
      await page.getByRole("textbox", { name: "Name" }).fill("laptop");
      await page.getByRole("button", { name: "Create key" }).click();
    },
    "Copy the key — it's only shown once": async () => {
      key = await copyKey(page);
      await page.reload();
      await expect(page.getByRole("row", { name: /laptop/ })).toBeVisible();
      expect(await page.content()).not.toContain(key);
      await expect(page.getByRole("button", { name: "New key" })).toBeVisible();
    },
  });
  expect(await me(server, key)).toEqual({ status: 200, scope: "mcp" });
});

test("seeds 01 and 07: the steps give a JWT signed with Ed25519, which finds what an API key of the same person stored, and is refused from the withdrawal on", async ({
  page,
  person,
  server,
}) => {
  const key = await makeKey(server, person.email, "script");
  expect(block("01").rows).toHaveLength(2);
  const call = (path: string, credential: string, body: object) =>
    fetch(server.url + path, {
      method: "POST",
      headers: { authorization: `Bearer ${credential}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  expect((await call("/v1/remember", key, { entity: "ferry", fact: "leaves at noon" })).status).toBe(201);

  const { text } = block("07");
  const document = /`(\/.well-known\/[\w-]+)`/.exec(text)?.[1] ?? "";
  const app = await startApp(server, { name: "Plugin" });
  let metadata = { authorization_endpoint: "", issuer: "", jwks_uri: "" };
  let token = "";
  await follow(block("07"), {
    "Plugin initiates authorization via `/.well-known/oauth-authorization-server`": async () => {
      metadata = await (await fetch(server.url + document)).json();
      expect(app.authorizeUrl().startsWith(`${metadata.authorization_endpoint}?`)).toBe(true);
    },
    "Browser opens the Pensyve consent page": async () => {
      await page.goto(app.authorizeUrl());
      await expect(page.getByRole("heading", { level: 1 })).toContainText("use your memories?");
    },
    "You approve access": () => page.getByRole("button", { name: "Allow", exact: true }).click(),
    "Plugin receives a JWT access token signed with Ed25519": async () => {
      token = (await app.exchange(await app.callback.answer)).tokens.access_token;
      const keys = createRemoteJWKSet(new URL(metadata.jwks_uri));
      const { payload, protectedHeader, key: signer } = await jwtVerify(token, keys, { issuer: metadata.issuer });
      expect(protectedHeader.alg).toMatch(/^(EdDSA|Ed25519)$/);
      expect(signer).toMatchObject({ algorithm: { name: "Ed25519" } });
      // Short-lived.
      expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(HOUR_MS / 1000);
    },
    "The gateway verifies the token on every request": async () => {
      const found = await call("/v1/recall", token, { query: "ferry" });
      expect(await found.text()).toContain("leaves at noon");
      expect((await me(server, `${token.slice(0, -4)}AAAA`)).status).toBe(401);
      const grants = JSON.parse(await server.cli(["grant", "list", "--email", person.email, "--json"]));
      await server.cli(["grant", "withdraw", grants[0].id]);
      expect((await me(server, token)).status).toBe(401);
    },
  });
  app.callback.close();
});

test("seed 16: a key revoked on the dashboard is refused at once, and of no key more than 8 characters are in the debug log", async ({
  page,
  person,
  server,
}) => {
  const { steps } = block("16");
  expect(steps).toContain("Revoke compromised keys immediately from the dashboard.");
  const keys = [];
  for (const environment of ["dev", "staging", "production"]) {
    keys.push(await makeKey(server, person.email, environment));
  }
  const [dev = "", staging = ""] = keys;
  expect([(await me(server, dev)).status, (await me(server, staging)).status]).toEqual([200, 200]);
  // However it gets there.
  await fetch(`${server.url}/${dev}?api_key=${dev}`);
  await fetch(`${server.url}/v1/me?api_key=${dev}`);
  await fetch(`${server.url}/v1/me`, { headers: { authorization: `Bearer ${dev}x`, "user-agent": dev } });
  await openPage(page, server, "/keys");
  // Uses are written in batches; a key in use asks for its name.
  await expect(async () => {
    await page.reload();
    await expect(page.getByRole("row", { name: /^dev / })).not.toContainText("Never used", { timeout: 500 });
  }).toPass();
  await openMenuOf(page, "dev", "Revoke");
  await page.getByLabel("Type dev to confirm").fill("dev");
  await page.getByRole("button", { name: "Revoke key" }).click();
  await expect(page.locator("output.receipt")).toContainText("Refused everywhere after");
  expect([(await me(server, dev)).status, (await me(server, staging)).status]).toEqual([401, 200]);

  expect(steps.at(-1)).toBe(
    "The gateway never logs plaintext keys — only the first 8 characters appear in debug logs.",
  );
  const logged = server.output().match(/psy_\w*/g) ?? [];
  expect(logged.filter((text) => text.length > 8)).toEqual([]);
  expect(logged).toContain(dev.slice(0, 8));
});

test("seed 04: the steps replace a key, and the old one works for 24 hours and not a minute longer", async ({
  clocked,
  page,
  person,
  server,
}) => {
  const old = await makeKey(server, person.email, "reader", "mcp:read");
  let successor = "";
  await openPage(page, server, "/settings");
  await follow(block("04"), {
    "Go to Dashboard → API Keys": () => openKeys(page),
    "Click Rotate on the key you want to replace": async () => {
      await openMenuOf(page, "reader", "Rotate");
      await expect(page.getByRole("radio", { name: "24 hours" })).toBeChecked();
      await page.getByRole("button", { name: "Rotate key" }).click();
    },
    "A new key is created with the same scope": async () => {
      successor = await copyKey(page);
      expect(successor).not.toBe(old);
      expect(await me(server, successor)).toEqual({ status: 200, scope: "mcp:read" });
    },
    "The old key enters a 24-hour grace period — it still works": async () => {
      await expect(page.getByRole("row", { name: /In grace/ })).toContainText(old.slice(0, 8));
      await clocked.moveClock(24 * HOUR_MS - 60_000);
      expect((await me(server, old)).status).toBe(200);
    },
    "Update your environment with the new key": async () => {
      expect(block("05", { key: successor }).code).toContain(successor);
      expect((await me(server, successor)).status).toBe(200);
    },
    "After 24 hours, the old key is automatically revoked": async () => {
      await clocked.moveClock(24 * HOUR_MS + 60_000);
      expect([(await me(server, old)).status, (await me(server, successor)).status]).toEqual([401, 200]);
      await page.reload();
      await expect(page.getByRole("row", { name: /Replaced/ })).toContainText(old.slice(0, 8));
    },
  });
});
