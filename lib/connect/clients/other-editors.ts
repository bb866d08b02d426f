import { type ClientEntry, pasteNote } from "../client-entry.ts";
import { bearer, environmentFor, jsonFile, mcpServers } from "../json-file.ts";
import { homePath, variableNotes } from "../shell.ts";
import type { System } from "../snippet.ts";

const CHECKED = "2026-11-24";
const GROUP = "Assistants and editors";

const ZED_PATHS: Record<System, string> = {
  macos: "~/.config/zed/settings.json",
  linux: "~/.config/zed/settings.json",
  windows: "%APPDATA%\\Zed\\settings.json",
};

export const ZED: ClientEntry = {
  id: "zed",
  label: "Zed",
  group: GROUP,
  seenAs: ["zed"],
  source: { url: "https://zed.dev/docs/ai/mcp", checkedOn: CHECKED },
  oauth: ({ mcpUrl, system }) => ({
    ...jsonFile(ZED_PATHS[system], { context_servers: { pensyve: { url: mcpUrl } } }, { format: "jsonc" }),
    after: "Zed opens the browser when it finds no Authorization header.",
  }),
  key: (input) => ({
    ...jsonFile(
      ZED_PATHS[input.system],
      { context_servers: { pensyve: { url: input.mcpUrl, headers: { Authorization: bearer(input, "pasted") } } } },
      { format: "jsonc" },
    ),
    notes: [pasteNote("Zed")],
  }),
};

const JETBRAINS_PLACE = "Settings, Tools, AI Assistant, Model Context Protocol (MCP), Add, As JSON";

export const JETBRAINS: ClientEntry = {
  id: "jetbrains",
  label: "JetBrains AI Assistant",
  group: GROUP,
  seenAs: ["jetbrains", "intellij"],
  source: { url: "https://www.jetbrains.com/help/ai-assistant/mcp.html", checkedOn: CHECKED },
  formerly: "The page of the hosted service wrote a variable. The documentation of AI Assistant names none.",
  oauth: {
    kind: "none",
    reason: "The documentation of JetBrains AI Assistant describes no sign-in through a browser. Use an API key.",
  },
  key: (input) => ({
    ...jsonFile(
      JETBRAINS_PLACE,
      mcpServers({ type: "http", url: input.mcpUrl, headers: { Authorization: bearer(input, "pasted") } }),
    ),
    notes: [pasteNote("JetBrains AI Assistant")],
  }),
};

export const KIRO: ClientEntry = {
  id: "kiro",
  label: "Kiro",
  group: GROUP,
  seenAs: ["kiro"],
  source: { url: "https://kiro.dev/docs/mcp/configuration", checkedOn: CHECKED },
  formerly:
    "The page of the hosted service named `.kiro/mcp.json`. Kiro reads `.kiro/settings/mcp.json`, in the project or in the home folder.",
  oauth: ({ mcpUrl, system }) => ({
    ...jsonFile(homePath(system, ".kiro/settings/mcp.json"), mcpServers({ url: mcpUrl })),
    after: "Save the file: Kiro connects and opens the browser.",
  }),
  key: (input) => ({
    ...jsonFile(
      homePath(input.system, ".kiro/settings/mcp.json"),
      mcpServers({ url: input.mcpUrl, headers: { Authorization: bearer(input, "${NAME}") } }),
    ),
    ...environmentFor(input, "${NAME}"),
    notes: [
      "Kiro fills in only variables that you approved: accept its warning about PENSYVE_API_KEY.",
      ...variableNotes(input),
    ],
  }),
};

export const AMAZON_Q: ClientEntry = {
  id: "amazon-q",
  label: "Amazon Q Developer",
  group: GROUP,
  seenAs: ["amazon q", "amazonq", "q-cli", "qchat"],
  source: {
    url: "https://docs.aws.amazon.com/amazonq/latest/qdeveloper-ug/command-line-mcp-config-CLI.html",
    checkedOn: CHECKED,
  },
  formerly:
    "The page of the hosted service wrote a variable and `_comment` keys. The documentation names neither; Amazon Q Developer CLI is now Kiro CLI.",
  oauth: ({ mcpUrl }) => ({
    ...jsonFile(".amazonq/mcp.json", mcpServers({ type: "http", url: mcpUrl })),
    after: "Start `q chat`, and open the address that `/mcp` shows.",
    notes: ["Only agents with `useLegacyMcpJson` read this file; others take the same `mcpServers` in their own."],
  }),
  key: (input) => ({
    ...jsonFile(
      ".amazonq/mcp.json",
      mcpServers({ type: "http", url: input.mcpUrl, headers: { Authorization: bearer(input, "pasted") } }),
    ),
    notes: [
      pasteNote("Amazon Q Developer"),
      "Only agents with `useLegacyMcpJson` read this file; others take the same `mcpServers` in their own.",
    ],
  }),
};

export const NEOVIM: ClientEntry = {
  id: "neovim",
  label: "Neovim (mcphub)",
  group: GROUP,
  seenAs: ["mcphub", "mcp-hub"],
  source: { url: "https://github.com/ravitemer/mcphub.nvim/blob/main/doc/mcp/servers_json.md", checkedOn: CHECKED },
  formerly:
    "The page of the hosted service also had a Lua table under `setup{servers}`. mcphub documents servers.json alone, without `type`.",
  oauth: ({ mcpUrl }) => ({
    ...jsonFile("~/.config/mcphub/servers.json", mcpServers({ url: mcpUrl })),
    after: "Open `:MCPHub` and authorize pensyve there.",
  }),
  key: (input) => ({
    ...jsonFile(
      "~/.config/mcphub/servers.json",
      mcpServers({ url: input.mcpUrl, headers: { Authorization: bearer(input, "${NAME}") } }),
    ),
    ...environmentFor(input, "${NAME}"),
  }),
};

const APPROVAL = "Claude Code asks for your approval of a server that a project’s `.mcp.json` brings.";

/** Clients whose file is called so and who read its most common form. */
export const OTHER: ClientEntry = {
  id: "mcp-json",
  label: "Other (mcp.json)",
  group: GROUP,
  seenAs: [],
  source: { url: "https://code.claude.com/docs/en/mcp", checkedOn: CHECKED },
  oauth: ({ mcpUrl }) => jsonFile(".mcp.json", mcpServers({ type: "http", url: mcpUrl }), { notes: [APPROVAL] }),
  key: (input) => ({
    ...jsonFile(
      ".mcp.json",
      mcpServers({ type: "http", url: input.mcpUrl, headers: { Authorization: bearer(input, "${NAME}") } }),
    ),
    ...environmentFor(input, "${NAME}"),
    notes: [
      APPROVAL,
      "Some clients write the variable as `${env:PENSYVE_API_KEY}`. One that is not filled in gets a 401 that says so.",
    ],
  }),
};
