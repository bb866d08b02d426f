import type { ClientEntry } from "./client-entry.ts";
import { CLIENTS } from "./clients.ts";
import { METHODS, type Method, type Refusal, type Snippet, SYSTEMS, type System } from "./snippet.ts";
import { snippetFor } from "./snippet-for.ts";

/** The server that documents name; a running one fills in its own address on its page. */
const EXAMPLE = { mcpUrl: "http://localhost:3000/mcp", apiUrl: "http://localhost:3000" };
const MADE = "<!-- Made by `npm run docs:clients` from lib/connect; change it there. -->";
const METHOD_NAMES: Record<Method, string> = { oauth: "OAuth, in the browser", key: "API key" };
const SYSTEM_NAMES: Record<System, string> = { macos: "macOS", linux: "Linux", windows: "Windows" };
const LANGUAGES: Partial<Record<Snippet["format"], string>> = { url: "text" };

/** Every file of docs/clients, by name. */
export function clientDocuments(): Map<string, string> {
  return new Map([["README.md", index()], ...CLIENTS.map((entry) => [`${entry.id}.md`, document(entry)] as const)]);
}

function index(): string {
  const rows = CLIENTS.map((entry) => {
    const ways = METHODS.map((method) => (make(entry, method, "linux").kind === "none" ? "–" : "yes"));
    return `| [${entry.label}](${entry.id}.md) | ${ways.join(" | ")} | ${sourceLink(entry)} | ${entry.source.checkedOn} |`;
  });
  return `${[
    MADE,
    "",
    "# Connect a client",
    "",
    "The page **Connect a client** of a running server says the same with its own address, fills in a key that was just made, and shows when",
    "the client has come. Here the server is `http://localhost:3000`. Each text is read in its client's own format, and connects, in",
    "`lib/connect/snippets.test.ts`.",
    "",
    "| client | OAuth | API key | source | checked |",
    "| ------ | ----- | ------- | ------ | ------- |",
    ...rows,
    "",
    "Not here: listings of MCP registries (`server.json`, `smithery.yaml`), which name one address for everybody. Of a server of your own,",
    "give clients its address instead.",
  ].join("\n")}\n`;
}

/** One client: both ways in, its path on each system, what it cannot do, where that is from. */
function document(entry: ClientEntry): string {
  const ways = METHODS.flatMap((method) => way(entry, method));
  const formerly = entry.formerly === undefined ? [] : [`Formerly: ${entry.formerly}`, ""];
  return `${[
    MADE,
    "",
    `# ${entry.label}`,
    "",
    ...ways,
    ...formerly,
    `Source: ${sourceLink(entry)}, checked on ${entry.source.checkedOn}.`,
  ].join("\n")}\n`;
}

function way(entry: ClientEntry, method: Method): string[] {
  const heading = [`## ${METHOD_NAMES[method]}`, ""];
  const snippet = make(entry, method, "linux");
  if (snippet.kind === "none") return [...heading, snippet.reason, ""];
  const windows = asSnippet(make(entry, method, "windows"));
  const { before, after, environment, deepLink } = snippet;
  return [
    ...heading,
    ...(environment === undefined
      ? []
      : ["Put the key into its variable:", "", ...shells(environment, windows.environment)]),
    ...(before === undefined ? [] : [before, ""]),
    ...place(entry, method, snippet),
    ...(snippet.kind === "command" ? shells(snippet, windows) : block(snippet)),
    ...(deepLink === undefined ? [] : [`Or, for this address, open: \`${deepLink.url}\``, ""]),
    ...(after === undefined ? [] : [after, ""]),
    ...notes(snippet, windows),
  ];
}

/** Where a file is, once for each system that has another place. */
function place(entry: ClientEntry, method: Method, { kind, path }: Snippet): string[] {
  if (kind !== "file") return [];
  const paths = SYSTEMS.map((system) => ({ system, path: asSnippet(make(entry, method, system)).path }));
  if (paths.every((other) => other.path === path)) return [`Into \`${path}\`:`, ""];
  const named = [...new Set(paths.map((other) => other.path))].map((one) => {
    const systems = paths.filter((other) => other.path === one).map(({ system }) => SYSTEM_NAMES[system]);
    return `${systems.join(" and ")} \`${one}\``;
  });
  return [`Into ${named.join(", ")}:`, ""];
}

type Text = Pick<Snippet, "format" | "text">;

/** The same for both kinds of shell. */
function shells(unix: Text, windows: Text | undefined): string[] {
  return [...block(unix), ...(windows === undefined ? [] : ["On Windows, in PowerShell:", "", ...block(windows)])];
}

function block({ format, text }: Text): string[] {
  return [`\`\`\`${LANGUAGES[format] ?? format}`, text, "```", ""];
}

function notes(snippet: Snippet, windows: Snippet): string[] {
  const all = [
    ...snippet.notes.map((note) => (windows.notes.includes(note) ? note : `macOS and Linux: ${note}`)),
    ...windows.notes.filter((note) => !snippet.notes.includes(note)).map((note) => `Windows: ${note}`),
  ];
  return all.length === 0 ? [] : [...all.map((note) => `- ${note}`), ""];
}

function make(entry: ClientEntry, method: Method, system: System): Snippet | Refusal {
  return snippetFor({ client: entry.id, method, system, ...EXAMPLE });
}

function asSnippet(way: Snippet | Refusal): Snippet {
  if (way.kind === "none") throw new Error("A client cannot have a way on one system alone.");
  return way;
}

/** Sources within this repository are linked from docs/clients. */
function sourceLink({ source }: ClientEntry): string {
  const isOwn = !source.url.startsWith("https:");
  return isOwn ? `[${source.url}](../../${source.url})` : `<${source.url}>`;
}
