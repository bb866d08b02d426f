import type { Snippet } from "#components/ui/code-tabs.tsx";

/** Commands that use the key as they stand. They show its first characters and copy the whole. */
export function keySnippets({
  plaintext,
  prefix,
  apiUrl,
  mcpUrl,
}: {
  plaintext: string;
  prefix: string;
  apiUrl: string;
  mcpUrl: string;
}): Snippet[] {
  const mcp = `${mcpUrl}/mcp`;
  return [
    {
      label: "Claude Code",
      caption: "Terminal",
      text: `export PENSYVE_API_KEY="${plaintext}"\nclaude mcp add --transport http pensyve ${mcp} \\\n  --header "Authorization: Bearer $PENSYVE_API_KEY"`,
      shown: (
        <>
          export PENSYVE_API_KEY="<mark>{prefix}</mark>"{"\n"}
          claude mcp add --transport http pensyve <mark>{mcp}</mark> \{"\n"}
          {"  "}--header "Authorization: Bearer $PENSYVE_API_KEY"
        </>
      ),
    },
    {
      label: "mcp.json",
      caption: ".mcp.json",
      text: mcpJson(mcp),
      shown: (
        <>
          {mcpJson(mcp).split(mcp)[0]}
          <mark>{mcp}</mark>
          {mcpJson(mcp).split(mcp)[1]}
        </>
      ),
    },
    {
      label: "curl",
      caption: "Terminal",
      text: `curl ${apiUrl}/v1/recall \\\n  -H "Authorization: Bearer ${plaintext}" \\\n  -H "Content-Type: application/json" \\\n  -d '{"query": "user preferences"}'`,
      shown: (
        <>
          curl <mark>{apiUrl}/v1/recall</mark> \{"\n"}
          {"  "}-H "Authorization: Bearer <mark>{prefix}</mark>" \{"\n"}
          {"  "}-H "Content-Type: application/json" \{"\n"}
          {"  "}-d '{"{"}"query": "user preferences"{"}"}'
        </>
      ),
    },
  ];
}

/** Clients fill in the variable, so the file holds no secret. */
function mcpJson(url: string): string {
  const server = { type: "http", url, headers: { Authorization: "Bearer ${PENSYVE_API_KEY}" } };
  return JSON.stringify({ mcpServers: { pensyve: server } }, null, 2);
}
