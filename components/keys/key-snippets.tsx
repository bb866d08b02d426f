import { markedText } from "#components/connect/marked-text.tsx";
import type { Snippet } from "#components/ui/code-tabs.tsx";
import type { System } from "#lib/connect/snippet.ts";
import { snippetFor } from "#lib/connect/snippet-for.ts";

const LABELS: Record<string, { label: string; caption: string }> = {
  "claude-code": { label: "Claude Code", caption: "Terminal" },
  "mcp-json": { label: "mcp.json", caption: ".mcp.json" },
  curl: { label: "curl", caption: "Terminal" },
  typescript: { label: "TypeScript", caption: "TypeScript" },
  python: { label: "Python", caption: "Python" },
};

/** What most people do next with a key. Shows its first characters and copies the whole; files and programs name its variable. */
export function keySnippets({
  plaintext,
  prefix,
  apiUrl,
  mcpUrl,
  system,
}: {
  plaintext: string;
  prefix: string;
  apiUrl: string;
  /** Origin of the MCP server. */
  mcpUrl: string;
  system: System;
}): Snippet[] {
  const mcp = `${mcpUrl}/mcp`;
  return Object.entries(LABELS).flatMap(([client, label]) => {
    const snippet = snippetFor({ client, method: "key", system, mcpUrl: mcp, apiUrl, key: plaintext });
    if (snippet.kind === "none") return [];
    const marks = [{ text: plaintext, shown: prefix }, { text: mcp }, { text: apiUrl }];
    return [{ ...label, text: snippet.text, shown: markedText(snippet.text, marks) }];
  });
}
