import type { Snippet } from "#lib/connect/snippet.ts";
import { type Connection, expand, parseHeader } from "./connection.ts";
import { readPowerShell, runShell, type TerminalRun } from "./run-terminal.ts";

/** Runs or reads terminal text in its own shell. */
export async function terminalRun(format: Snippet["format"], text: string): Promise<TerminalRun> {
  return format === "powershell" ? readPowerShell(text) : await runShell(text);
}

/** What the commands of a terminal would connect to: the last of them that names an address. */
export async function readTerminal(snippet: Snippet): Promise<Connection> {
  const { commands, variables } = await terminalRun(snippet.format, snippet.text);
  const args = commands.findLast((words) => words.some((word) => addressIn(word) !== undefined));
  if (args !== undefined) {
    const at = args.findIndex((word) => word === "--header" || word === "-H");
    const header = at === -1 ? {} : parseHeader(args[at + 1] ?? "");
    // Claude Code and mcp-remote fill in ${NAME} of headers themselves.
    const headers = expand(header, /\$\{(\w+)\}/g, variables);
    return { url: args.map(addressIn).find((address) => address !== undefined) ?? "", headers };
  }
  const url = variables["PENSYVE_MCP_URL"] ?? variables["PENSYVE_REMOTE_URL"] ?? "";
  return { url, headers: { Authorization: `Bearer ${variables["PENSYVE_API_KEY"]}` } };
}

function addressIn(word: string): string | undefined {
  return /^(?:server_url=)?(https?:\S+)$/.exec(word)?.[1];
}
