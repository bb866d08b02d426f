import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { block } from "#test/seed-blocks.ts";
import { allowInBrowser } from "../allow.ts";
import { test as base, expect } from "../dashboard.ts";
import { makeKey } from "../make-key.ts";
import { type ClaudeCode, claudeCode } from "./claude-code.ts";

// The blocks of docs/seed.md that are for Claude Code, pasted where it is installed.

const ROOT = join(import.meta.dirname, "../..");

const test = base.extend<{ claude: ClaudeCode; key: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names from this pattern
  claude: async ({}, use) => {
    const claude = await claudeCode();
    await use(claude);
    await claude.remove();
  },
  key: async ({ server, person }, use) => await use(await makeKey(server, person.email, "claude")),
});
test.use({ kind: "empty" });

test("seeds 05 and 06: Claude Code connects with the JSON in .mcp.json and the key of the exported variable, and without it says what is missing", async ({
  claude,
  key,
  server,
}) => {
  const filled = { url: server.url, key };
  await writeFile(join(claude.home, ".mcp.json"), block("06", filled).code);
  // What a person answers when Claude Code starts in a project with such a file.
  await mkdir(join(claude.home, ".claude"), { recursive: true });
  await writeFile(join(claude.home, ".claude/settings.local.json"), '{ "enabledMcpjsonServers": ["pensyve"] }');
  const list = (lines: string) => claude.paste(`${lines}claude mcp list`);
  const connected = `pensyve: ${server.url}/mcp (HTTP) - ✔ Connected`;
  expect((await list(block("05", filled).code)).output).toContain(connected);
  const { output } = await list("");
  expect(output).not.toContain(connected);
  expect(output).toContain("Missing environment variables: PENSYVE_API_KEY");
  expect(output).toContain("the client did not expand the variable. Set PENSYVE_API_KEY where the client starts");
});

test("seed 08: `claude plugins add` is no command of Claude Code; the line that stands in its place installs the plugin, which signs in through the browser", async ({
  claude,
  page,
  person: _,
  server,
}) => {
  const { code, here } = block("08", { url: server.url });
  expect(await claude.paste(code)).toEqual({ status: 1, output: expect.stringContaining("unknown command 'add'") });
  expect(await claude.paste(`cd '${ROOT}'\n${here.code}`)).toMatchObject({ status: 0 });
  const [, connection = ""] = /\*\*(plugin:\S+)\*\*/.exec(here.text) ?? [];
  expect((await claude.run(["mcp", "list"])).output).toContain("Needs authentication");
  await claude.login(connection, (authorizationUrl) => allowInBrowser(page, authorizationUrl));
  expect((await claude.run(["mcp", "list"])).output).toContain(`${connection}: ${server.url}/mcp (HTTP) - ✔ Connected`);
});

test("seed 09: Claude Code connects with the key that the pasted lines give it, and with a wrong one says that it is refused", async ({
  claude,
  key,
  server,
}) => {
  expect(await claude.paste(block("09", { url: server.url, key }).code)).toMatchObject({ status: 0 });
  expect((await claude.run(["mcp", "list"])).output).toContain(`pensyve: ${server.url}/mcp (HTTP) - ✔ Connected`);
  expect(await claude.run(["mcp", "remove", "pensyve"])).toMatchObject({ status: 0 });
  await claude.paste(block("09", { url: server.url }).code);
  expect((await claude.run(["mcp", "list"])).output).toContain("Server rejected the configured Authorization header");
});
