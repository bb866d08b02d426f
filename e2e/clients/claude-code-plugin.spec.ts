import { globSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { allowInBrowser } from "../allow.ts";
import { test as base, expect } from "../dashboard.ts";
import type { RunningServer } from "../fixtures.ts";
import { type ServerWithClock, serverWithClock } from "../server-with-clock.ts";
import { type ClaudeCode, claudeCode } from "./claude-code.ts";

const HOUR_MS = 3_600_000;
const ROOT = join(import.meta.dirname, "../..");
const PLUGIN = join(ROOT, "integrations/claude-code");
const README = readFileSync(join(PLUGIN, "README.md"), "utf8");
/** How Claude Code calls the plugin's connection, and its tools. */
const CONNECTION = "plugin:pensyve:pensyve";
const tool = (name: string) => `mcp__plugin_pensyve_pensyve__pensyve_${name}`;

/** `server`: one that takes neither metadata documents nor registrations; what connects to it connects to any. */
const test = base.extend<{ claude: ClaudeCode }, { clocked: ServerWithClock; server: RunningServer }>({
  clocked: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names from this pattern
    async ({}, use) => {
      const clocked = await serverWithClock({ CIMD: "off", DCR: "off" });
      await use(clocked);
      await clocked.server.stop();
    },
    { scope: "worker", timeout: 60_000 },
  ],
  server: [({ clocked }, use) => use(clocked.server), { scope: "worker" }],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names from this pattern
  claude: async ({}, use) => {
    const claude = await claudeCode();
    await use(claude);
    await claude.remove();
  },
});

/** Pastes the block of the plugin's README that has `words` in this checkout, with the address of this server. */
function paste(claude: ClaudeCode, server: RunningServer, words: string, key = "") {
  const blocks = [...README.matchAll(/```sh\n(.+?)```/gs)].map(([, block = ""]) => block);
  const block = blocks.find((each) => each.includes(words)) ?? `exit 1 # no block has: ${words}`;
  const lines = block
    .replaceAll(/https:\/\/memory\.example\.org|http:\/\/localhost:3000/g, server.url)
    .replace("psy_your_key_here", key);
  return claude.paste(`cd '${ROOT}'\n${lines}`);
}

/** Adds the rules of the plugin's README to the person's settings. */
async function allowInAdvance(claude: ClaudeCode): Promise<void> {
  const [, rules = ""] = /```json\n(.+?)```/s.exec(README) ?? [];
  const path = join(claude.home, ".claude/settings.json");
  const settings = { ...JSON.parse(readFileSync(path, "utf8")), ...JSON.parse(rules) };
  await writeFile(path, JSON.stringify(settings));
}

const install = (claude: ClaudeCode, server: RunningServer) => paste(claude, server, "--config server_url=");

test("Claude Code finds nothing to complain about in the plugin and its marketplace", async ({ claude }) => {
  for (const path of [ROOT, PLUGIN]) {
    const { status, output } = await claude.run(["plugin", "validate", path, "--strict"]);
    expect(output).toContain("Validation passed");
    expect(status).toBe(0);
  }
});

test("the plugin installs in one line and in two, and then has its commands; `plugins add` is no command of Claude Code", async ({
  claude,
  server,
}) => {
  expect(await paste(claude, server, "--marketplace ./\n")).toMatchObject({ status: 0 });
  // Without the option, the address of `npm start`.
  expect((await claude.run(["mcp", "get", CONNECTION])).output).toContain("URL: http://localhost:3000/mcp");
  expect(await claude.run(["plugins", "uninstall", "pensyve@pensyve"])).toMatchObject({ status: 0 });
  expect(await claude.run(["plugins", "marketplace", "remove", "pensyve"])).toMatchObject({ status: 0 });

  expect(await claude.run(["plugins", "marketplace", "add", ROOT])).toMatchObject({ status: 0 });
  const add = await claude.run(["plugins", "add", "pensyve"]);
  expect(add).toEqual({ status: 1, output: expect.stringContaining("unknown command 'add'") });
  expect(await claude.run(["plugins", "install", "pensyve"])).toMatchObject({ status: 0 });
  expect(await claude.run(["plugins", "uninstall", "pensyve@pensyve"])).toMatchObject({ status: 0 });

  expect(await install(claude, server)).toMatchObject({ status: 0 });
  const { output } = await claude.run(["plugins", "list", "--json"]);
  const version = JSON.parse(readFileSync(join(PLUGIN, ".claude-plugin/plugin.json"), "utf8")).version;
  expect(JSON.parse(output)).toMatchObject([{ id: "pensyve@pensyve", version, enabled: true }]);
  const details = await claude.run(["plugins", "details", "pensyve"]);
  expect(details.output).toContain("inspect, memory, recall, remember, status");
  expect((await claude.run(["mcp", "get", CONNECTION])).output).toContain(`URL: ${server.url}/mcp`);
});

test("AUT-01 AUT-04 TOK-02, seed 07: without a key Claude Code asks to sign in, is connected after the consent, renews its access by itself, and is refused once the app is withdrawn", async ({
  claude,
  clocked,
  page,
  person,
  server,
}) => {
  await install(claude, server);
  expect((await claude.run(["mcp", "list"])).output).toContain("Needs authentication");

  const login = await claude.login(CONNECTION, async (authorizationUrl) => {
    const { searchParams } = new URL(authorizationUrl);
    expect(searchParams.get("client_id")).toBe("pensyve-claude-code");
    expect(searchParams.get("code_challenge_method")).toBe("S256");
    expect(searchParams.get("resource")).toBe(`${server.url}/mcp`);
    await allowInBrowser(page, authorizationUrl);
    await expect(page).toHaveURL(/^http:\/\/localhost:\d+\/callback/);
  });
  expect(login).toMatchObject({ status: 0, output: expect.stringContaining("Authenticated with") });
  const connected = `${CONNECTION}: ${server.url}/mcp (HTTP) - ✔ Connected`;
  expect((await claude.run(["mcp", "list"])).output).toContain(connected);
  // Its access token is then over for the server; Claude Code, whose own clock stands, learns so from a 401.
  await clocked.moveClock(HOUR_MS + 10_000);
  expect((await claude.run(["mcp", "list"])).output).toContain(connected);

  const grants = JSON.parse(await server.cli(["grant", "list", "--email", person.email, "--json"]));
  expect(grants).toMatchObject([{ clientId: "pensyve-claude-code", scope: "mcp" }]);
  await server.cli(["grant", "withdraw", grants[0].id]);
  expect((await claude.run(["mcp", "list"])).output).toContain("Needs authentication");
});

test("the commands recall and remember at once; what Claude does by its own skill is asked for or allowed in advance; nothing is deleted unasked", async ({
  claude,
  page,
  person: _,
  server,
}) => {
  await install(claude, server);
  await claude.login(CONNECTION, (authorizationUrl) => allowInBrowser(page, authorizationUrl));

  const fact = { entity: "user", fact: "prefers tabs in Go files" };
  const remembered = await claude.ask("/pensyve:remember I prefer tabs in Go files", [
    { tool: tool("recall"), input: { query: "tabs Go" } },
    { tool: tool("remember"), input: fact },
  ]);
  expect(remembered.refused).toEqual([]);
  expect(remembered.showed("Store for the user: I prefer tabs in Go files")).toBe(true);
  for (const name of ["recall", "remember", "inspect", "status", "account", "forget", "observe"]) {
    expect(remembered.showed(tool(name)), name).toBe(true);
  }

  // Another session, which knows nothing of the first.
  const recalled = await claude.ask("/pensyve:recall tabs", [{ tool: tool("recall"), input: { query: "tabs" } }]);
  expect(recalled.refused).toEqual([]);
  expect(recalled.results.join()).toContain(fact.fact);

  const [read, write] = [
    { tool: tool("recall"), input: { query: "Go style" } },
    { tool: tool("remember"), input: { ...fact, fact: "likes spaces" } },
  ];
  const turns = [{ tool: "Skill", input: { skill: "pensyve:memory" } }, read, write];
  const unasked = await claude.ask("How should this Go file look?", turns);
  expect(unasked.showed("Recall before you decide")).toBe(true);
  expect(unasked.refused).toEqual([read.tool, write.tool]);
  await allowInAdvance(claude);
  const allowed = await claude.ask("How should this Go file look?", turns);
  expect(allowed.refused).toEqual([write.tool]);
  expect(allowed.results.join()).toContain(fact.fact);

  const cleanup = await claude.ask("/pensyve:inspect user", [
    { tool: tool("inspect"), input: { entity: "user", limit: 50 } },
    { tool: tool("forget"), input: { entity: "user" } },
  ]);
  expect(cleanup.refused).toEqual([tool("forget")]);
  const [inspected] = cleanup.results;
  expect(inspected).toContain(fact.fact);
  expect(inspected).not.toContain("likes spaces");

  const status = await claude.ask("/pensyve:status", [
    { tool: tool("status"), input: {} },
    { tool: tool("account"), input: {} },
  ]);
  expect(status.refused).toEqual([]);
  expect(status.results.join()).toContain("pensyve-claude-code");
});

test("with a key of the environment the plugin's commands use that connection, and the key is in no file", async ({
  claude,
  person,
  server,
}) => {
  const make = ["key", "create", "--email", person.email, "--name", "claude", "--scope", "mcp", "--json"];
  const { key } = JSON.parse(await server.cli(make));
  const environment = { PENSYVE_API_KEY: key };
  await install(claude, server);
  expect(await paste(claude, server, "claude mcp add", key)).toMatchObject({ status: 0 });

  const { output } = await claude.run(["mcp", "list"], environment);
  expect(output).toContain(`pensyve: ${server.url}/mcp (HTTP) - ✔ Connected`);
  expect(output).not.toContain(CONNECTION);
  const recalled = await claude.ask(
    "/pensyve:recall",
    [{ tool: "mcp__pensyve__pensyve_recall", input: { query: "" } }],
    environment,
  );
  expect(recalled).toMatchObject({ refused: [], results: [expect.stringContaining("[]")] });
  for (const path of globSync("**/*", { cwd: claude.home, withFileTypes: true })) {
    if (path.isFile()) expect(readFileSync(join(path.parentPath, path.name), "utf8")).not.toContain(key);
  }

  const wrong = await claude.run(["mcp", "list"], { PENSYVE_API_KEY: `${key.slice(0, -1)}~` });
  expect(wrong.output).toContain("Server rejected the configured Authorization header");
});
