import { parse as parseToml } from "smol-toml";
import { parse as parseYaml } from "yaml";
import type { Snippet } from "#lib/connect/snippet.ts";
import { type Connection, expand, parseHeader } from "./connection.ts";

type Variables = Readonly<Record<string, string>>;
type Server = Readonly<Record<string, unknown>>;

/** What stands where, and how each client fills in variables: from its own documentation, not from our snippets. */
const READERS: Record<
  string,
  { at: readonly (string | number)[]; variables?: RegExp; read?: (server: Server, variables: Variables) => Connection }
> = {
  cursor: { at: ["mcpServers", "pensyve"], variables: /\$\{env:(\w+)\}/g },
  "vs-code": { at: ["servers", "pensyve"] },
  "vs-code-extension": {
    at: [],
    read: (settings) => ({ url: `${text(settings["pensyve.serverUrl"])}/mcp`, headers: {} }),
  },
  cline: { at: ["mcpServers", "pensyve"], read: typed("streamableHttp") },
  windsurf: { at: ["mcpServers", "pensyve"], variables: /\$\{env:(\w+)\}/g, read: addressIn("serverUrl") },
  continue: {
    at: ["mcpServers", 0],
    variables: /\$\{\{ secrets\.(\w+) \}\}/g,
    read: (server) => {
      if (server["type"] !== "streamable-http") throw new Error("Continue takes this for another transport.");
      return { url: text(server["url"]), headers: headersOf(server["requestOptions"]) };
    },
  },
  zed: { at: ["context_servers", "pensyve"] },
  jetbrains: { at: ["mcpServers", "pensyve"], read: typed("http") },
  kiro: { at: ["mcpServers", "pensyve"], variables: /\$\{(\w+)\}/g },
  "amazon-q": { at: ["mcpServers", "pensyve"], read: typed("http") },
  neovim: { at: ["mcpServers", "pensyve"], variables: /\$\{(\w+)\}/g },
  openclaw: {
    at: ["mcp", "servers", "pensyve"],
    variables: /\$\{([A-Z_][A-Z0-9_]*)\}/g,
    read: (server) => {
      if (server["transport"] !== "streamable-http") throw new Error("OpenClaw takes this for SSE.");
      return plain(server);
    },
  },
  hermes: { at: ["mcp_servers", "pensyve"], variables: /\$\{(\w+)\}/g },
  "claude-desktop": { at: ["mcpServers", "pensyve"], read: mcpRemote },
  codex: {
    at: ["mcp_servers", "pensyve"],
    read: (server, variables) => {
      const name = server["bearer_token_env_var"];
      const token = name === undefined ? undefined : variables[text(name)];
      return { url: text(server["url"]), headers: token === undefined ? {} : { Authorization: `Bearer ${token}` } };
    },
  },
  "gemini-cli": { at: ["mcpServers", "pensyve"], variables: /\$(?:\{)?(\w+)(?:\})?/g, read: addressIn("httpUrl") },
  opencode: { at: ["mcp", "pensyve"], variables: /\{env:(\w+)\}/g, read: typed("remote") },
  "opencode-2": { at: ["mcp", "servers", "pensyve"], variables: /\{env:(\w+)\}/g, read: typed("remote") },
  mcporter: { at: ["mcpServers", "pensyve"], variables: /\$\{(\w+)\}/g, read: addressIn("baseUrl") },
  "mcp-json": { at: ["mcpServers", "pensyve"], variables: /\$\{(\w+)\}/g, read: typed("http") },
};

/** Reads a configuration file as its client does. @throws Error when the file is not in its format, or names no server. */
export function readConfiguration(client: string, snippet: Snippet, variables: Variables): Connection {
  const reader = READERS[client];
  if (reader === undefined) throw new Error(`Nobody has said how ${client} reads its configuration.`);
  let found: unknown = parse(snippet);
  for (const name of reader.at) found = (found as Record<string | number, unknown> | undefined)?.[name];
  if (typeof found !== "object" || found === null)
    throw new Error(`${client} finds no server at ${reader.at.join(".")}.`);
  const filled = reader.variables === undefined ? found : expand(found, reader.variables, variables);
  const connection = (reader.read ?? plain)(filled as Server, variables);
  // The extension asks for the key in a command of its own.
  if (client === "vs-code-extension" && snippet.askedFor !== undefined) {
    return { ...connection, headers: { Authorization: `Bearer ${snippet.askedFor}` } };
  }
  // VS Code asks for inputs when the server starts, and puts the answers in.
  const asked = snippet.askedFor;
  return asked === undefined ? connection : expand(connection, /\$\{input:([\w-]+)\}/g, { "pensyve-key": asked });
}

function parse({ format, text: content }: Snippet): unknown {
  if (format === "toml") return parseToml(content);
  if (format === "yaml") return parseYaml(content);
  return JSON.parse(content);
}

/** `url` and `headers`. */
export function plain(server: Server): Connection {
  return { url: text(server["url"]), headers: headersOf(server) };
}

function typed(type: string): (server: Server) => Connection {
  return (server) => {
    if (server["type"] !== type) throw new Error(`The type is ${server["type"]}, not ${type}.`);
    return plain(server);
  };
}

function addressIn(key: string): (server: Server) => Connection {
  return (server) => ({ url: text(server[key]), headers: headersOf(server) });
}

/** mcp-remote fills in `${NAME}` of its headers from the environment that it is started with. */
function mcpRemote({ command, args, env }: Server): Connection {
  if (command !== "npx" || !Array.isArray(args) || args[1] !== "mcp-remote")
    throw new Error("This starts something else.");
  const at = args.indexOf("--header");
  const header = at === -1 ? {} : parseHeader(text(args[at + 1]));
  return { url: text(args[2]), headers: expand(header, /\$\{(\w+)\}/g, (env ?? {}) as Variables) };
}

function headersOf(server: unknown): Record<string, string> {
  return ((server as { headers?: Record<string, string> } | undefined)?.headers ?? {}) as Record<string, string>;
}

function text(value: unknown): string {
  if (typeof value !== "string") throw new Error(`Expected a text, got ${JSON.stringify(value)}.`);
  return value;
}
