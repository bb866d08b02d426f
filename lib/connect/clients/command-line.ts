import type { ClientEntry } from "../client-entry.ts";
import { bearer, environmentFor, jsonFile, mcpServers } from "../json-file.ts";
import { command, homePath, keyInShell, keyVariable, terminal } from "../shell.ts";
import type { SnippetInput, System } from "../snippet.ts";

const CHECKED = "2026-11-24";
const GROUP = "Command line";

export const CLAUDE_CODE: ClientEntry = {
  id: "claude-code",
  label: "Claude Code",
  group: GROUP,
  seenAs: ["claude code", "claude-code", "claude.ai"],
  source: { url: "https://code.claude.com/docs/en/mcp", checkedOn: CHECKED },
  formerly:
    "The page of the hosted service also put `mcpServers` into `~/.claude/settings.json`. Claude Code reads it from `.mcp.json` in a project, or from what this command writes.",
  oauth: ({ mcpUrl, system }) =>
    terminal(system, `claude mcp add --transport http pensyve ${mcpUrl}`, {
      after: "In Claude Code open `/mcp`, choose pensyve and Authenticate; or run `claude mcp login pensyve`.",
    }),
  key: (input) =>
    terminal(input.system, withKey(input, [`claude mcp add --transport http pensyve ${input.mcpUrl}`, header(input)]), {
      notes: [
        "The command writes the key into `~/.claude.json`. In single quotes, with `${PENSYVE_API_KEY}`, the file keeps the variable, and Claude Code fills it in when it starts.",
      ],
    }),
};

const PLUGIN_BEFORE = "In a checkout of Pensyve Auth. In place of `./`, its git address does as well.";
const PLUGIN_VERSION =
  "Needs Claude Code 2.1.275 or newer; from npm, that needs Node.js 22. An older one takes `claude plugin marketplace add ./` and then `claude plugin install pensyve@pensyve` instead.";

export const CLAUDE_CODE_PLUGIN: ClientEntry = {
  id: "claude-code-plugin",
  label: "Claude Code plugin",
  group: GROUP,
  seenAs: ["pensyve for claude code", "claude-code"],
  source: { url: "https://code.claude.com/docs/en/plugins", checkedOn: CHECKED },
  formerly: "The page of the hosted service had `claude plugins add pensyve`, which is no command of Claude Code.",
  oauth: ({ mcpUrl, system }) =>
    terminal(system, `claude plugins install pensyve --marketplace ./ --config server_url=${mcpUrl}`, {
      before: PLUGIN_BEFORE,
      after: "In Claude Code open `/mcp`, choose `plugin:pensyve:pensyve` and Authenticate.",
      notes: [PLUGIN_VERSION],
    }),
  key: (input) =>
    terminal(
      input.system,
      [
        keyVariable(input).text,
        `claude plugins install pensyve --marketplace ./ --config server_url=${input.mcpUrl}`,
        // In single quotes, both shells leave the variable to Claude Code, and no file holds the key.
        command(input.system, [
          `claude mcp add --scope user --transport http pensyve ${input.mcpUrl}`,
          "--header 'Authorization: Bearer ${PENSYVE_API_KEY}'",
        ]),
      ].join("\n"),
      {
        before: PLUGIN_BEFORE,
        notes: [
          PLUGIN_VERSION,
          "The plugin sees that the address is the same, leaves its own connection out, and uses the one with the key.",
        ],
      },
    ),
};

const CODEX_PATH = (system: System) => homePath(system, ".codex/config.toml");

export const CODEX: ClientEntry = {
  id: "codex",
  label: "Codex",
  group: GROUP,
  seenAs: ["codex"],
  source: { url: "https://developers.openai.com/codex/mcp", checkedOn: CHECKED },
  formerly:
    "The page of the hosted service had JSON in `.agents/mcp.json`, and an `env` block in the plugin. Codex reads config.toml, names the variable in `bearer_token_env_var`, and ignores `headers`.",
  oauth: ({ mcpUrl, system }) => ({
    kind: "file",
    path: CODEX_PATH(system),
    format: "toml",
    text: `[mcp_servers.pensyve]\nurl = "${mcpUrl}"`,
    after: "Then `codex mcp login pensyve`.",
    notes: [],
  }),
  key: (input) => ({
    kind: "file",
    path: CODEX_PATH(input.system),
    format: "toml",
    text: `[mcp_servers.pensyve]\nurl = "${input.mcpUrl}"\nbearer_token_env_var = "PENSYVE_API_KEY"`,
    ...environmentFor(input, "$NAME"),
    notes: [],
  }),
};

const GEMINI_PATH = (system: System) => homePath(system, ".gemini/settings.json");

export const GEMINI_CLI: ClientEntry = {
  id: "gemini-cli",
  label: "Gemini CLI",
  group: GROUP,
  seenAs: ["gemini"],
  source: { url: "https://github.com/google-gemini/gemini-cli/blob/main/docs/tools/mcp-server.md", checkedOn: CHECKED },
  formerly: "The extension of the hosted service asked for a key and sent none. Here the header is in the settings.",
  oauth: ({ mcpUrl, system }) => ({
    ...jsonFile(GEMINI_PATH(system), mcpServers({ httpUrl: mcpUrl })),
    after: "In Gemini CLI: `/mcp auth pensyve`.",
  }),
  key: (input) => ({
    ...jsonFile(
      GEMINI_PATH(input.system),
      mcpServers({ httpUrl: input.mcpUrl, headers: { Authorization: bearer(input, "$NAME") } }),
    ),
    ...environmentFor(input, "$NAME"),
    notes: ["Gemini CLI connects to servers of user settings only in folders that you trust."],
  }),
};

const OPENCODE_PATH = (system: System) => homePath(system, ".config/opencode/opencode.json");
const OPENCODE_SCHEMA = { $schema: "https://opencode.ai/config.json" };

export const OPENCODE: ClientEntry = {
  id: "opencode",
  label: "OpenCode",
  group: GROUP,
  seenAs: ["opencode"],
  source: { url: "https://opencode.ai/v1/docs/mcp-servers", checkedOn: CHECKED },
  formerly:
    "The page of the hosted service had `mcpServers` and `type: http`. OpenCode reads `mcp` with `type: remote`, and variables as `{env:NAME}`.",
  oauth: ({ mcpUrl, system }) => ({
    ...jsonFile(OPENCODE_PATH(system), { ...OPENCODE_SCHEMA, mcp: { pensyve: { type: "remote", url: mcpUrl } } }),
    after: "Then `opencode mcp auth pensyve`.",
    notes: ["For OpenCode 1, which npm has; version 2 has a tile of its own."],
  }),
  key: (input) => ({
    ...jsonFile(OPENCODE_PATH(input.system), {
      ...OPENCODE_SCHEMA,
      mcp: {
        pensyve: {
          type: "remote",
          url: input.mcpUrl,
          oauth: false,
          headers: { Authorization: bearer(input, "{env:NAME}") },
        },
      },
    }),
    ...environmentFor(input, "{env:NAME}"),
    notes: ["For OpenCode 1, which npm has; version 2 has a tile of its own."],
  }),
};

export const OPENCODE_2: ClientEntry = {
  ...OPENCODE,
  id: "opencode-2",
  label: "OpenCode 2",
  source: { url: "https://opencode.ai/v2/docs/mcp-servers/", checkedOn: CHECKED },
  formerly: "OpenCode 2 wants servers under `mcp.servers`; version 1, and before it `mcpServers`, had them elsewhere.",
  oauth: ({ mcpUrl, system }) => ({
    ...jsonFile(OPENCODE_PATH(system), {
      ...OPENCODE_SCHEMA,
      mcp: { servers: { pensyve: { type: "remote", url: mcpUrl } } },
    }),
    after: "In OpenCode open `/mcps`, choose pensyve and sign in.",
  }),
  key: (input) => ({
    ...jsonFile(OPENCODE_PATH(input.system), {
      ...OPENCODE_SCHEMA,
      mcp: {
        servers: {
          pensyve: { type: "remote", url: input.mcpUrl, headers: { Authorization: bearer(input, "{env:NAME}") } },
        },
      },
    }),
    ...environmentFor(input, "{env:NAME}"),
  }),
};

const INSECURE = (mcpUrl: string) => (mcpUrl.startsWith("http:") ? " --allow-http" : "");

export const MCP_REMOTE: ClientEntry = {
  id: "mcp-remote",
  label: "mcp-remote",
  group: GROUP,
  seenAs: ["mcp-remote", "mcp cli proxy"],
  source: { url: "https://github.com/punkpeye/mcp-remote", checkedOn: CHECKED },
  oauth: ({ mcpUrl, system }) =>
    terminal(system, `npx -y mcp-remote ${mcpUrl}${INSECURE(mcpUrl)}`, {
      after: "The browser opens. Clients that speak standard input and output only start this command themselves.",
    }),
  key: (input) =>
    terminal(
      input.system,
      withKey(input, [`npx -y mcp-remote ${input.mcpUrl}${INSECURE(input.mcpUrl)}`, header(input)]),
    ),
};

export const INSPECTOR: ClientEntry = {
  id: "inspector",
  label: "MCP Inspector",
  group: GROUP,
  seenAs: ["mcp inspector", "mcp-inspector", "inspector"],
  source: { url: "https://modelcontextprotocol.io/docs/latest/tools/inspector", checkedOn: CHECKED },
  oauth: ({ mcpUrl, system }) =>
    terminal(system, `npx -y @modelcontextprotocol/inspector --server-url ${mcpUrl} --transport http`, {
      after: "Open the address that it prints, and choose Connect.",
    }),
  key: (input) =>
    terminal(
      input.system,
      withKey(input, [
        `npx -y @modelcontextprotocol/inspector --cli ${input.mcpUrl} --transport http`,
        header(input),
        "--method tools/list",
      ]),
    ),
};

export const MCPORTER: ClientEntry = {
  id: "mcporter",
  label: "mcporter",
  group: GROUP,
  seenAs: ["mcporter"],
  source: { url: "https://github.com/openclaw/mcporter/blob/main/docs/config.md", checkedOn: CHECKED },
  oauth: ({ mcpUrl, system }) => ({
    ...jsonFile(homePath(system, ".mcporter/mcporter.json"), mcpServers({ baseUrl: mcpUrl, auth: "oauth" })),
    after: "Then `npx mcporter auth pensyve`.",
  }),
  key: (input) => ({
    ...jsonFile(
      homePath(input.system, ".mcporter/mcporter.json"),
      mcpServers({ baseUrl: input.mcpUrl, headers: { Authorization: bearer(input, "${NAME}") } }),
    ),
    ...environmentFor(input, "${NAME}"),
    after: "Then `npx mcporter list pensyve`.",
    notes: ["mcporter refuses `${env:NAME}`."],
  }),
};

/** The header as an argument, with the variable for the shell to fill in. */
function header({ system }: SnippetInput): string {
  return `--header "Authorization: Bearer ${keyInShell(system)}"`;
}

/** The key into its variable, then the command that reads it. */
function withKey(input: SnippetInput, parts: readonly string[]): string {
  return `${keyVariable(input).text}\n${command(input.system, parts)}`;
}
