import { type ClientEntry, noKey, pasteNote } from "../client-entry.ts";
import { isPublicAddress } from "../is-public-address.ts";
import { bearer, environmentFor, jsonFile, mcpServers } from "../json-file.ts";
import { homePath, terminal, variables } from "../shell.ts";
import { KEY_VARIABLE, keyOf, type Snippet, type SnippetInput, type System } from "../snippet.ts";

const CHECKED = "2026-11-24";
const GROUP = "Assistants and editors";

const CLAUDE_DESKTOP_PATHS: Record<System, string> = {
  macos: "~/Library/Application Support/Claude/claude_desktop_config.json",
  linux: "~/.config/Claude/claude_desktop_config.json",
  windows: "%APPDATA%\\Claude\\claude_desktop_config.json",
};
const NEEDS_NODE = "This runs mcp-remote through npx, so it needs Node.js on the computer.";

export const CLAUDE_DESKTOP: ClientEntry = {
  id: "claude-desktop",
  label: "Claude Desktop",
  group: GROUP,
  seenAs: ["claude", "mcp cli proxy", "mcp-remote"],
  source: {
    url: "https://support.claude.com/en/articles/11503834-building-custom-integrations-via-remote-mcp-servers",
    checkedOn: CHECKED,
  },
  formerly:
    "The page of the hosted service put `{type, url, headers}` into the file. Claude Desktop does not connect to remote servers named there: only to commands, such as mcp-remote.",
  oauth: (input) => ({
    ...jsonFile(CLAUDE_DESKTOP_PATHS[input.system], mcpServers(bridge(input, []))),
    after: "Restart Claude Desktop; the browser opens.",
    notes: [
      ...(isPublicAddress(input.mcpUrl)
        ? [`Without Node.js: Customize, Connectors, Add custom connector, with the address ${input.mcpUrl}.`]
        : []),
      NEEDS_NODE,
    ],
  }),
  key: (input) => ({
    ...jsonFile(
      CLAUDE_DESKTOP_PATHS[input.system],
      mcpServers({
        // Without a space in the argument: npx on Windows tears arguments apart at spaces.
        ...bridge(input, ["--header", "Authorization:${AUTHORIZATION}"]),
        env: { AUTHORIZATION: bearer(input, "pasted") },
      }),
    ),
    after: "Restart Claude Desktop.",
    notes: [pasteNote("Claude Desktop"), NEEDS_NODE],
  }),
};

function bridge({ mcpUrl }: SnippetInput, args: readonly string[]): { command: string; args: string[] } {
  const insecure = mcpUrl.startsWith("http:") ? ["--allow-http"] : [];
  return { command: "npx", args: ["-y", "mcp-remote", mcpUrl, ...insecure, ...args] };
}

export const CLAUDE_AI: ClientEntry = {
  id: "claude-ai",
  label: "Claude.ai",
  group: GROUP,
  seenAs: ["claude", "claudeai", "claude.ai"],
  source: CLAUDE_DESKTOP.source,
  oauth: (input) =>
    connectorForm(input, "Claude.ai", {
      before: "In Claude choose Customize, Connectors, Add custom connector, and type this address.",
      after: "Choose Connect; the browser opens.",
    }),
  key: noKey("Claude.ai"),
};

export const CHATGPT: ClientEntry = {
  id: "chatgpt",
  label: "ChatGPT",
  group: GROUP,
  seenAs: ["chatgpt", "openai"],
  source: { url: "https://developers.openai.com/api/docs/guides/developer-mode", checkedOn: CHECKED },
  oauth: (input) =>
    connectorForm(input, "ChatGPT", {
      before:
        "In Settings, Apps, Advanced settings turn on developer mode. Choose Create app, OAuth, and type this address.",
      after: "Choose Create; ChatGPT opens this server and asks you.",
    }),
  key: noKey("ChatGPT"),
};

/** Services that take nothing but an address, and reach it from their own machines. */
function connectorForm({ mcpUrl }: SnippetInput, label: string, steps: { before: string; after: string }): Snippet {
  return {
    kind: "form",
    format: "url",
    text: mcpUrl,
    ...steps,
    notes: isPublicAddress(mcpUrl)
      ? []
      : [
          `${label} connects from its own machines. It needs a public https address; ${mcpUrl} is not one. Set MCP_URL to one that is.`,
        ],
  };
}

const OPENCLAW_PATH = (system: System) => homePath(system, ".openclaw/openclaw.json");

export const OPENCLAW: ClientEntry = {
  id: "openclaw",
  label: "OpenClaw",
  group: GROUP,
  seenAs: ["openclaw"],
  source: { url: "https://docs.openclaw.ai/cli/mcp/transports", checkedOn: CHECKED },
  formerly:
    "The page of the hosted service had `mcpServers`. OpenClaw reads `mcp.servers`, and takes an entry without `transport` for SSE.",
  oauth: ({ mcpUrl, system }) => ({
    ...jsonFile(
      OPENCLAW_PATH(system),
      { mcp: { servers: { pensyve: { url: mcpUrl, transport: "streamable-http", auth: "oauth" } } } },
      { format: "json5" },
    ),
    after: "Then `openclaw mcp login pensyve`.",
  }),
  key: (input) => ({
    ...jsonFile(
      OPENCLAW_PATH(input.system),
      {
        mcp: {
          servers: {
            pensyve: {
              url: input.mcpUrl,
              transport: "streamable-http",
              headers: { Authorization: bearer(input, "${NAME}") },
            },
          },
        },
      },
      { format: "json5" },
    ),
    ...environmentFor(input, "${NAME}"),
    notes: ["The variable must be there for the process that runs OpenClaw; `~/.openclaw/.env` is read too."],
  }),
};

const HERMES_PATHS: Record<System, string> = {
  macos: "~/.hermes/config.yaml",
  linux: "~/.hermes/config.yaml",
  windows: "%LOCALAPPDATA%\\hermes\\config.yaml",
};

export const HERMES: ClientEntry = {
  id: "hermes",
  label: "Hermes Agent",
  group: GROUP,
  seenAs: ["hermes"],
  source: { url: "https://hermes-agent.nousresearch.com/docs/user-guide/features/mcp", checkedOn: CHECKED },
  formerly:
    "The page of the hosted service named `~/.hermes/mcp.json` and `mcp:`. Hermes reads `mcp_servers` in config.yaml.",
  oauth: ({ mcpUrl, system }) => ({
    kind: "file",
    path: HERMES_PATHS[system],
    format: "yaml",
    text: ["mcp_servers:", "  pensyve:", `    url: ${mcpUrl}`, "    auth: oauth"].join("\n"),
    after: "Then `hermes mcp login pensyve`.",
    notes: [],
  }),
  key: (input) => ({
    kind: "file",
    path: HERMES_PATHS[input.system],
    format: "yaml",
    text: [
      "mcp_servers:",
      "  pensyve:",
      `    url: ${input.mcpUrl}`,
      "    headers:",
      `      Authorization: "${bearer(input, "${NAME}")}"`,
    ].join("\n"),
    ...environmentFor(input, "${NAME}"),
    after: "In a running chat: `/reload-mcp`.",
    notes: [],
  }),
};

const PLUGIN_SOURCE = { url: "https://github.com/major7apps/pensyve", checkedOn: CHECKED };

/** Pensyve's own plugins for agents, from the time of the hosted service: they read two variables. */
export const PENSYVE_PLUGINS: readonly ClientEntry[] = [
  plugin("hermes-plugin", "Hermes plugin", ["hermes"], "PENSYVE_MCP_URL", ({ mcpUrl }) => mcpUrl, []),
  plugin("openclaw-plugin", "OpenClaw plugin", ["openclaw", "node"], "PENSYVE_REMOTE_URL", ({ apiUrl }) => apiUrl, [
    "The plugin does not read `baseUrl` of its configuration; only this variable moves it to this server.",
  ]),
  plugin("opencode-plugin", "OpenCode plugin", ["opencode", "node"], "PENSYVE_REMOTE_URL", ({ apiUrl }) => apiUrl, [
    'With `plugin: ["@pensyve/opencode"]` in opencode.json.',
  ]),
];

function plugin(
  id: string,
  label: string,
  seenAs: readonly string[],
  variable: string,
  address: (input: SnippetInput) => string,
  notes: string[],
): ClientEntry {
  return {
    id,
    label,
    group: GROUP,
    seenAs,
    source: PLUGIN_SOURCE,
    formerly: `Its default is the hosted service, which is closed; ${variable} names this server instead.`,
    oauth: { kind: "none", reason: `${label} cannot sign in through a browser. Use an API key.` },
    key: (input) =>
      terminal(
        input.system,
        variables(input.system, { [KEY_VARIABLE]: keyOf(input), [variable]: address(input) }).text,
        {
          after: "Start the agent from this terminal.",
          notes,
        },
      ),
  };
}
