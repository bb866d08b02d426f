import { type ClientEntry, noBrowser } from "../client-entry.ts";
import { keyVariable } from "../shell.ts";
import type { Format, Snippet, SnippetInput } from "../snippet.ts";

const CHECKED = "2026-11-24";
const GROUP = "Frameworks";
const IN_ASYNC = "`await` and `async with` belong into an async function.";
const BEARER = "f\"Bearer {os.environ['PENSYVE_API_KEY']}\"";

/** A part of a program that reads the key from its variable. */
function code(format: Format, lines: readonly string[], input?: SnippetInput): Snippet {
  const environment = input === undefined ? {} : { environment: keyVariable(input) };
  return { kind: "code", format, text: lines.join("\n"), ...environment, notes: [] };
}

export const LANGCHAIN: ClientEntry = {
  id: "langchain",
  label: "LangChain",
  group: GROUP,
  seenAs: ["fastmcp", "langchain", "python-httpx"],
  source: { url: "https://docs.langchain.com/oss/python/migrate/langchain-mcp-adapters", checkedOn: CHECKED },
  formerly:
    "The page of the hosted service used `MultiServerMCPClient` of langchain-mcp-adapters, with `transport: streamable_http`. LangChain 1.4 has MCP itself.",
  oauth: ({ mcpUrl }) => ({
    ...code("python", [
      "from langchain.mcp import MCPAdapter",
      "",
      `config = {"mcpServers": {"pensyve": {"url": "${mcpUrl}", "auth": "oauth"}}}`,
      "",
      "async with MCPAdapter(config) as adapter:",
      "    tools = await adapter.list_tools()",
    ]),
    before: 'First `pip install "langchain[mcp]"`.',
    after: "The browser opens when the program connects.",
    notes: [IN_ASYNC],
  }),
  key: (input) => ({
    ...code(
      "python",
      [
        "import os",
        "",
        "from langchain.mcp import MCPAdapter",
        "",
        `headers = {"Authorization": ${BEARER}}`,
        `config = {"mcpServers": {"pensyve": {"url": "${input.mcpUrl}", "headers": headers}}}`,
        "",
        "async with MCPAdapter(config) as adapter:",
        "    tools = await adapter.list_tools()",
      ],
      input,
    ),
    before: 'First `pip install "langchain[mcp]"`.',
    notes: [IN_ASYNC],
  }),
};

export const LANGCHAIN_JS: ClientEntry = {
  id: "langchain-js",
  label: "LangChain.js",
  group: GROUP,
  seenAs: ["langchain", "node"],
  source: { url: "https://docs.langchain.com/oss/javascript/migrate/langchain-mcp-adapters", checkedOn: CHECKED },
  formerly:
    "The page of the hosted service used Pensyve’s own package. Since 2.0 of @langchain/mcp-adapters the class is `MCPAdapter`, and servers stand under `servers`.",
  oauth: noBrowser("LangChain.js without a provider of your own"),
  key: (input) => ({
    ...code(
      "typescript",
      [
        'import { MCPAdapter } from "@langchain/mcp-adapters";',
        "",
        "const adapter = new MCPAdapter({",
        "  servers: {",
        "    pensyve: {",
        `      url: "${input.mcpUrl}",`,
        "      headers: { Authorization: `Bearer ${process.env.PENSYVE_API_KEY}` },",
        "    },",
        "  },",
        "});",
        "const tools = await adapter.listTools();",
      ],
      input,
    ),
    before: "First `npm install @langchain/mcp-adapters`.",
  }),
};

export const CREWAI: ClientEntry = {
  id: "crewai",
  label: "CrewAI",
  group: GROUP,
  seenAs: ["crewai", "python-httpx"],
  source: { url: "https://docs.crewai.com/mcp/streamable-http", checkedOn: CHECKED },
  oauth: noBrowser("CrewAI"),
  key: (input) => ({
    ...code(
      "python",
      [
        "import os",
        "",
        "from crewai_tools import MCPServerAdapter",
        "",
        "server_params = {",
        `    "url": "${input.mcpUrl}",`,
        '    "transport": "streamable-http",',
        `    "headers": {"Authorization": ${BEARER}},`,
        "}",
        "",
        "with MCPServerAdapter(server_params) as tools:",
        "    print([tool.name for tool in tools])",
      ],
      input,
    ),
    before: 'First `pip install "crewai-tools[mcp]"`.',
    notes: ["A key that may only read is enough for recall; CrewAI’s own memory classes also create an entity."],
  }),
};

export const AUTOGEN: ClientEntry = {
  id: "autogen",
  label: "AutoGen",
  group: GROUP,
  seenAs: ["autogen", "python-httpx"],
  source: {
    url: "https://microsoft.github.io/autogen/stable/reference/python/autogen_ext.tools.mcp.html",
    checkedOn: CHECKED,
  },
  oauth: noBrowser("AutoGen"),
  key: (input) => ({
    ...code(
      "python",
      [
        "import os",
        "",
        "from autogen_ext.tools.mcp import StreamableHttpServerParams, mcp_server_tools",
        "",
        "server_params = StreamableHttpServerParams(",
        `    url="${input.mcpUrl}",`,
        `    headers={"Authorization": ${BEARER}},`,
        ")",
        "tools = await mcp_server_tools(server_params)",
      ],
      input,
    ),
    before: 'First `pip install "autogen-ext[mcp]"`.',
    notes: [IN_ASYNC],
  }),
};

export const GOOGLE_ADK: ClientEntry = {
  id: "google-adk",
  label: "Google ADK",
  group: GROUP,
  seenAs: ["google-adk", "python-httpx"],
  source: { url: "https://google.github.io/adk-docs/tools/mcp-tools/", checkedOn: CHECKED },
  oauth: noBrowser("Google ADK without a credential of your own"),
  key: (input) => ({
    ...code(
      "python",
      [
        "import os",
        "",
        "from google.adk.tools.mcp_tool import McpToolset, StreamableHTTPConnectionParams",
        "",
        "toolset = McpToolset(",
        "    connection_params=StreamableHTTPConnectionParams(",
        `        url="${input.mcpUrl}",`,
        `        headers={"Authorization": ${BEARER}},`,
        "    )",
        ")",
      ],
      input,
    ),
    before: "First `pip install google-adk`.",
  }),
};

export const PYDANTIC_AI: ClientEntry = {
  id: "pydantic-ai",
  label: "Pydantic AI",
  group: GROUP,
  seenAs: ["fastmcp", "pydantic", "python-httpx"],
  source: { url: "https://gofastmcp.com/docs/integrations/pydantic-ai", checkedOn: CHECKED },
  formerly: "The examples of the hosted service used `MCPServerStreamableHTTP`. The class is now `MCPToolset`.",
  oauth: ({ mcpUrl }) => ({
    ...code("python", [
      "from pydantic_ai.mcp import MCPToolset",
      "",
      `toolset = MCPToolset("${mcpUrl}", auth="oauth")`,
    ]),
    before: 'First `pip install "pydantic-ai-slim[mcp]"`.',
    after: "The browser opens when the program connects.",
  }),
  key: (input) => ({
    ...code(
      "python",
      [
        "import os",
        "",
        "from pydantic_ai.mcp import MCPToolset",
        "",
        "toolset = MCPToolset(",
        `    "${input.mcpUrl}",`,
        `    headers={"Authorization": ${BEARER}},`,
        ")",
      ],
      input,
    ),
    before: 'First `pip install "pydantic-ai-slim[mcp]"`.',
  }),
};
