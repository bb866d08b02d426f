import { type ClientEntry, pasteNote } from "../client-entry.ts";
import { cursorLink, vsCodeLink } from "../deep-link.ts";
import { bearer, environmentFor, jsonFile, mcpServers } from "../json-file.ts";
import { homePath, variableNotes } from "../shell.ts";
import { keyOf, type Snippet, type SnippetInput, type System } from "../snippet.ts";

const CHECKED = "2026-11-24";
const GROUP = "Assistants and editors";

const CURSOR_PATH = (system: System) => homePath(system, ".cursor/mcp.json");
export const CURSOR: ClientEntry = {
  id: "cursor",
  label: "Cursor",
  group: GROUP,
  seenAs: ["cursor"],
  source: { url: "https://cursor.com/docs/context/mcp", checkedOn: CHECKED },
  formerly:
    "The page of the hosted service had `type` and `${PENSYVE_API_KEY}`. Cursor needs no `type` and fills in `${env:PENSYVE_API_KEY}` only.",
  oauth: ({ mcpUrl, system }) => ({
    ...jsonFile(CURSOR_PATH(system), mcpServers({ url: mcpUrl })),
    deepLink: { label: "Add to Cursor", url: cursorLink({ url: mcpUrl }) },
    after: "In Cursor’s settings open MCP and choose Connect beside pensyve.",
  }),
  key: (input) => {
    const server = { url: input.mcpUrl, headers: { Authorization: bearer(input, "${env:NAME}") } };
    return {
      ...jsonFile(CURSOR_PATH(input.system), mcpServers(server)),
      ...environmentFor(input, "${env:NAME}"),
      deepLink: { label: "Add to Cursor", url: cursorLink(server) },
      notes: variableNotes(input),
    };
  },
};

const VS_CODE_INPUT = {
  type: "promptString",
  id: "pensyve-key",
  description: "API key of Pensyve",
  password: true,
};

export const VS_CODE: ClientEntry = {
  id: "vs-code",
  label: "VS Code",
  group: GROUP,
  seenAs: ["visual studio code", "vscode", "vs code", "vscode.dev"],
  source: { url: "https://code.visualstudio.com/docs/copilot/reference/mcp-configuration", checkedOn: CHECKED },
  formerly:
    "The page of the hosted service wrote `${PENSYVE_API_KEY}`, which VS Code sends as it stands. It asks for `${input:…}` once and keeps the answer in its secret storage.",
  oauth: ({ mcpUrl }) => ({
    ...jsonFile(".vscode/mcp.json", { servers: { pensyve: { type: "http", url: mcpUrl } } }),
    deepLink: { label: "Add to VS Code", url: vsCodeLink({ type: "http", url: mcpUrl }) },
    after: "Choose Start above the server in the file, or MCP: List Servers in the command palette.",
  }),
  key: (input) => {
    const server = { type: "http", url: input.mcpUrl, headers: { Authorization: "Bearer ${input:pensyve-key}" } };
    return {
      ...jsonFile(".vscode/mcp.json", { inputs: [VS_CODE_INPUT], servers: { pensyve: server } }),
      askedFor: keyOf(input),
      deepLink: { label: "Add to VS Code", url: vsCodeLink({ ...server, inputs: [VS_CODE_INPUT] }) },
      after:
        "VS Code asks for the key when the server starts for the first time, and keeps it in its secret storage. Paste it there.",
    };
  },
};

const VS_CODE_SETTINGS: Record<System, string> = {
  macos: "~/Library/Application Support/Code/User/settings.json",
  linux: "~/.config/Code/User/settings.json",
  windows: "%APPDATA%\\Code\\User\\settings.json",
};
const FROM_CHECKOUT =
  "Install the extension, `integrations/vscode` of a checkout of Pensyve Auth: `npm run package` there, then `code --install-extension` with the file that it made.";

export const VS_CODE_EXTENSION: ClientEntry = {
  id: "vs-code-extension",
  label: "VS Code extension",
  group: GROUP,
  seenAs: ["pensyve for vs code", "pensyve-vscode", "visual studio code"],
  source: { url: "integrations/vscode/README.md", checkedOn: CHECKED },
  formerly:
    "The extension of the hosted service knew keys alone, in plain text in `pensyve.apiKey`. A key that is still there moves to the secret storage.",
  oauth: (input) => ({ ...extensionSettings(input), after: "In the command palette run Pensyve: Sign in." }),
  key: (input) => ({
    ...extensionSettings(input),
    askedFor: keyOf(input),
    after: "In the command palette run Pensyve: Sign in with an API key. The key goes into VS Code’s secret storage.",
  }),
};

function extensionSettings({ mcpUrl, system }: SnippetInput): Snippet {
  const settings = { "pensyve.serverUrl": new URL(mcpUrl).origin };
  return jsonFile(VS_CODE_SETTINGS[system], settings, { format: "jsonc", before: FROM_CHECKOUT });
}

export const CLINE: ClientEntry = {
  id: "cline",
  label: "Cline",
  group: GROUP,
  seenAs: ["cline"],
  source: { url: "https://docs.cline.bot/mcp/adding-and-configuring-servers", checkedOn: CHECKED },
  formerly:
    "The page of the hosted service had `type: http` and a variable. Cline reads `streamableHttp`, takes an entry without it for SSE, and fills in no variables.",
  oauth: ({ mcpUrl }) => ({
    ...jsonFile("cline_mcp_settings.json", mcpServers({ type: "streamableHttp", url: mcpUrl })),
    before: "In Cline choose the MCP Servers icon, Configure, Configure MCP Servers: that opens the file.",
    after: "Choose Authenticate beside pensyve.",
  }),
  key: (input) => ({
    ...jsonFile(
      "cline_mcp_settings.json",
      mcpServers({ type: "streamableHttp", url: input.mcpUrl, headers: { Authorization: bearer(input, "pasted") } }),
    ),
    before: "In Cline choose the MCP Servers icon, Configure, Configure MCP Servers: that opens the file.",
    notes: [pasteNote("Cline")],
  }),
};

export const WINDSURF: ClientEntry = {
  id: "windsurf",
  label: "Windsurf",
  group: GROUP,
  seenAs: ["windsurf", "codeium"],
  source: { url: "https://docs.windsurf.com/windsurf/cascade/mcp", checkedOn: CHECKED },
  formerly: "The page of the hosted service wrote `${PENSYVE_API_KEY}`. Windsurf fills in `${env:PENSYVE_API_KEY}`.",
  oauth: ({ mcpUrl, system }) => ({
    ...jsonFile(homePath(system, ".codeium/windsurf/mcp_config.json"), mcpServers({ serverUrl: mcpUrl })),
    after: "Refresh the MCP servers in Cascade; the browser opens.",
  }),
  key: (input) => ({
    ...jsonFile(
      homePath(input.system, ".codeium/windsurf/mcp_config.json"),
      mcpServers({ serverUrl: input.mcpUrl, headers: { Authorization: bearer(input, "${env:NAME}") } }),
    ),
    ...environmentFor(input, "${env:NAME}"),
    notes: variableNotes(input),
  }),
};

export const CONTINUE: ClientEntry = {
  id: "continue",
  label: "Continue",
  group: GROUP,
  seenAs: ["continue"],
  source: { url: "https://docs.continue.dev/customize/deep-dives/mcp", checkedOn: CHECKED },
  formerly:
    "The page of the hosted service nested everything under `transport`. Today `type` and `url` stand beside `name`, headers under `requestOptions`, and secrets are `${{ secrets.NAME }}`.",
  oauth: {
    kind: "none",
    reason: "Continue’s documentation describes no sign-in through a browser. Use an API key.",
  },
  key: (input) => ({
    kind: "file",
    path: homePath(input.system, ".continue/config.yaml"),
    format: "yaml",
    text: [
      "mcpServers:",
      "  - name: pensyve",
      "    type: streamable-http",
      `    url: ${input.mcpUrl}`,
      "    requestOptions:",
      "      headers:",
      '        Authorization: "Bearer ${{ secrets.PENSYVE_API_KEY }}"',
    ].join("\n"),
    ...environmentFor(input, "${NAME}"),
    notes: [
      `Instead of the variable, the line \`PENSYVE_API_KEY=…\` can stand in \`${homePath(input.system, ".continue/.env")}\`.`,
    ],
  }),
};
