import { recordSecret } from "#test/run-record.ts";
import { askBrowser, type Editor } from "../integrations/vscode/src/ask-browser.ts";
import { type CallServer, callServer } from "../integrations/vscode/src/call-server.ts";
import { CredentialStore } from "../integrations/vscode/src/credential-store.ts";
import { Sessions } from "../integrations/vscode/src/sessions.ts";
import { UriAnswers } from "../integrations/vscode/src/uri-answers.ts";
import { MemorySecrets } from "../integrations/vscode/test/memory-secrets.ts";
import { allowInBrowser } from "./allow.ts";
import { test as base, expect, seedPerson, signInAs } from "./dashboard.ts";
import type { RunningServer } from "./fixtures.ts";
import type { Seeded } from "./seed-keys.ts";
import { type ServerWithClock, serverWithClock } from "./server-with-clock.ts";

const HOUR_MS = 3_600_000;

/** What the extension finds in an editor: its scheme, its storage, and a browser, which is the test's. */
type Window = {
  sessions: Sessions;
  answers: UriAnswers;
  ended: string[];
  call: CallServer;
  statsOf(): Promise<number>;
};

const test = base.extend<object, { clocked: ServerWithClock }>({
  clocked: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names from this pattern
    async ({}, use) => {
      const clocked = await serverWithClock({ CIMD: "off", DCR: "off" });
      await use(clocked);
      await clocked.server.stop();
    },
    { scope: "worker", timeout: 60_000 },
  ],
});

let secrets: MemorySecrets;
let clockMs: number;
let person: Seeded;

test.beforeEach(async ({ clocked, context }) => {
  secrets = new MemorySecrets();
  clockMs = 0;
  await clocked.moveClock(0);
  person = await seedPerson(clocked.server, "empty");
  await signInAs(context, clocked.server, person);
});

test.afterEach(() => {
  for (const text of secrets.values.values()) {
    const { accessToken, refreshToken } = JSON.parse(text);
    recordSecret(accessToken);
    recordSecret(refreshToken);
  }
});

function openWindow(server: RunningServer, editor: Pick<Editor, "uriScheme" | "isDesktop" | "openBrowser">): Window {
  const store = new CredentialStore(secrets);
  const answers = new UriAnswers(secrets);
  const ended: string[] = [];
  const whole: Editor = {
    externalAddress: (url) => Promise.resolve(url),
    showWaiting: () => undefined,
    ...editor,
  };
  const sessions = new Sessions({
    store,
    server: () => server.url,
    askBrowser: (question) => askBrowser(whole, answers, question),
    onEnded: (address) => void ended.push(address),
    now: () => Date.now() + clockMs,
  });
  const call = callServer({
    store,
    sessions,
    server: () => server.url,
    namespace: () => undefined,
    sessionToken: async () => (await sessions.getSessions(["mcp"]))[0]?.accessToken,
  });
  return { sessions, answers, ended, call, statsOf: () => call(async (pensyve) => (await pensyve.stats()).total) };
}

test("AUT-01 AUT-04 PRE-01: by a port on this computer, where the editor has no scheme of its own", async ({
  clocked,
  page,
}) => {
  const { server } = clocked;
  const opened: URL[] = [];
  const openBrowser = async (url: string) => {
    opened.push(new URL(url));
    await allowInBrowser(page, url);
    return true;
  };
  const window = openWindow(server, { uriScheme: "code-oss", isDesktop: false, openBrowser });
  const session = await window.sessions.createSession(["mcp"]);
  await expect(page.getByText("You can close this tab and go back to the editor.")).toBeVisible();
  expect(opened[0]?.searchParams.get("redirect_uri")).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/);
  expect(session).toMatchObject({ scopes: ["mcp"], account: { label: new URL(server.url).host } });
  expect(await window.statsOf()).toBe(0);
  // The port is closed again.
  await expect(fetch(opened[0]?.searchParams.get("redirect_uri") ?? "")).rejects.toThrow("fetch failed");
});

for (const uriScheme of ["vscode", "cursor"]) {
  test(`AUT-17: by a link of the editor (${uriScheme}:), also when the editor gives it to another window`, async ({
    clocked,
    page,
  }) => {
    const { server } = clocked;
    const other = openWindow(server, { uriScheme, isDesktop: true, openBrowser: () => Promise.resolve(false) });
    const openBrowser = async (url: string) => {
      const sent = page.waitForResponse((response) =>
        (response.headers()["location"] ?? "").startsWith(`${uriScheme}:`),
      );
      await allowInBrowser(page, url);
      const address = (await sent).headers()["location"] ?? "";
      expect(address).toMatch(new RegExp(`^${uriScheme}://pensyve.pensyve/callback\\?`));
      await other.answers.handleUri({ path: "/callback", toString: () => address });
      return true;
    };
    const window = openWindow(server, { uriScheme, isDesktop: true, openBrowser });
    await window.sessions.createSession(["mcp"]);
    await expect(page.getByRole("heading", { name: "Allowed" })).toBeVisible();
    expect(await window.statsOf()).toBe(0);
    expect(await other.statsOf()).toBe(0);
    expect([...secrets.values.keys()]).toEqual([`credential:${server.url}`]);
  });
}

test("REF-01 REF-02: renewed silently when it has ended, by two windows at once, without the browser", async ({
  clocked,
  page,
}) => {
  const { server, moveClock } = clocked;
  let opened = 0;
  const openBrowser = async (url: string) => {
    opened += 1;
    await allowInBrowser(page, url);
    return true;
  };
  const editor = { uriScheme: "code-oss", isDesktop: false, openBrowser };
  const [one, two] = [openWindow(server, editor), openWindow(server, editor)];
  const { accessToken, id } = await one.sessions.createSession(["mcp"]);
  recordSecret(accessToken);
  clockMs = HOUR_MS + 10_000;
  await moveClock(clockMs);
  expect(await Promise.all([one.statsOf(), two.statsOf(), one.statsOf(), two.statsOf()])).toEqual([0, 0, 0, 0]);
  const [renewed] = await two.sessions.getSessions(["mcp"]);
  expect(renewed?.id).toBe(id);
  expect(renewed?.accessToken).not.toBe(accessToken);
  // What is stored is the one that goes on, hours later too.
  clockMs += HOUR_MS + 10_000;
  await moveClock(clockMs);
  expect(await one.statsOf()).toBe(0);
  expect([opened, one.ended, two.ended]).toEqual([1, [], []]);
});

test("a token that ends earlier than the editor thinks is renewed once the server refuses it", async ({
  clocked,
  page,
}) => {
  const openBrowser = (url: string) => allowInBrowser(page, url).then(() => true);
  const window = openWindow(clocked.server, { uriScheme: "code-oss", isDesktop: false, openBrowser });
  await window.sessions.createSession(["mcp"]);
  // The server's clock alone: the editor's goes wrong by an hour.
  await clocked.moveClock(HOUR_MS + 10_000);
  expect(await window.statsOf()).toBe(0);
  expect(window.ended).toEqual([]);
});

test("REF-11: withdrawn on Connected apps, the session is removed and its owner is told", async ({ clocked, page }) => {
  const { server } = clocked;
  const openBrowser = (url: string) => allowInBrowser(page, url).then(() => true);
  const window = openWindow(server, { uriScheme: "code-oss", isDesktop: false, openBrowser });
  const removed: string[] = [];
  const { id } = await window.sessions.createSession(["mcp"]);
  window.sessions.onDidChangeSessions((change) => removed.push(...(change.removed ?? []).map((session) => session.id)));
  const grants = JSON.parse(await server.cli(["grant", "list", "--email", person.email, "--json"]));
  expect(grants).toMatchObject([{ clientId: "pensyve-vscode", scope: "mcp" }]);
  await server.cli(["grant", "withdraw", grants[0].id]);
  await expect(window.statsOf()).rejects.toMatchObject({ name: "Canceled" });
  expect([removed, window.ended, secrets.values.size]).toEqual([[id], [server.url], 0]);
});

test("REV-01: signing out in the editor ends it at the server", async ({ clocked, page }) => {
  const { server } = clocked;
  const openBrowser = (url: string) => allowInBrowser(page, url).then(() => true);
  const window = openWindow(server, { uriScheme: "code-oss", isDesktop: false, openBrowser });
  const { accessToken, id } = await window.sessions.createSession(["mcp"]);
  await window.sessions.removeSession(id);
  const headers = { authorization: `Bearer ${accessToken}` };
  await expect.poll(async () => (await fetch(`${server.url}/v1/me`, { headers })).status).toBe(401);
  expect(JSON.parse(await server.cli(["grant", "list", "--email", person.email, "--json"]))).toEqual([]);
});

test("denied in the browser, nothing is signed in, and no error is shown", async ({ clocked, page }) => {
  const openBrowser = async (url: string) => {
    await page.goto(url);
    await page.getByRole("button", { name: "Deny", exact: true }).click();
    return true;
  };
  const window = openWindow(clocked.server, { uriScheme: "code-oss", isDesktop: false, openBrowser });
  await expect(window.sessions.createSession(["mcp"])).rejects.toMatchObject({ name: "Canceled" });
  expect(secrets.values.size).toBe(0);
});

test("AUT-13: narrowed on the consent page, the session says what was asked, and the refusal says what is missing", async ({
  clocked,
  page,
}) => {
  const openBrowser = async (url: string) => {
    await page.goto(url);
    await page.getByRole("radio", { name: /Read only/ }).check();
    await page.getByRole("button", { name: "Allow", exact: true }).click();
    return true;
  };
  const { server } = clocked;
  const window = openWindow(server, { uriScheme: "code-oss", isDesktop: false, openBrowser });
  await window.sessions.createSession(["mcp"]);
  // The editor would ask again and again if the session did not answer to what was asked.
  expect(await window.sessions.getSessions(["mcp"])).toHaveLength(1);
  expect(await window.statsOf()).toBe(0);
  const remembering = window.call((pensyve) => pensyve.remember({ entity: "tea", fact: "is hot" }));
  await expect(remembering).rejects.toMatchObject({ message: expect.stringContaining("mcp:write"), next: "sign_in" });
});
