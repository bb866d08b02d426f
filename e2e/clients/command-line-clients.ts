import { join } from "node:path";
import type { RunningClient } from "./run-client.ts";
import type { Terminal } from "./terminal.ts";

/** A client, and the words with which it tells how it stands with the server that the connect page put into its configuration. */
export type CommandLineClient = {
  /** Its id on the connect page. */
  id: string;
  label: string;
  /** Makes it look at the server and say what it finds. Without it, the command of the connect page does so itself. */
  ask?: (terminal: Terminal) => RunningClient;
  connected: RegExp;
  /** With a wrong key. */
  refused: RegExp;
};

/** What a client says that signs in by itself, through the browser. */
export type SignsIn = Required<CommandLineClient> & {
  /** Without a key, before the sign-in. */
  asksToSignIn: RegExp;
  /** Starts the sign-in, up to where the person is sent to the browser. */
  signIn: (terminal: Terminal) => RunningClient | Promise<RunningClient>;
  signedIn: RegExp;
  /** What it sends as its client id: its document, or what it got when it registered. */
  identity: RegExp;
  /** Its name among the connected apps. */
  product: string;
};

const REGISTERED = /^psc_/;
/** A folder whose settings keep Gemini CLI quiet, beside those of the person, which are the connect page's. */
const GEMINI_PROJECT = `mkdir -p project/.gemini
cp '${join(import.meta.dirname, "gemini-settings.json")}' project/.gemini/settings.json
cd project
GEMINI_CLI_TRUST_WORKSPACE=true`;

export const SIGN_IN: readonly SignsIn[] = [
  {
    id: "claude-code",
    label: "Claude Code",
    ask: (terminal) => terminal.run("claude mcp list"),
    connected: /pensyve: \S+ \(HTTP\) - ✔ Connected/,
    refused: /✘ Failed to connect — Server rejected the configured Authorization header \(HTTP 401\)/,
    asksToSignIn: /! Needs authentication/,
    signIn: (terminal) => terminal.run("claude mcp login pensyve --no-browser", { onScreen: true }),
    signedIn: /Authenticated with/,
    identity: /^https:\/\/claude\.ai\/oauth\/claude-code-client-metadata$/,
    product: "Claude Codeverified claude.ai",
  },
  {
    id: "codex",
    label: "Codex",
    ask: askCodex,
    // Only a server that answered has its name here, and tools.
    connected: /"serverInfo":\{"name":"pensyve-mcp".*"tools":\{"pensyve_/,
    refused: /"serverInfo":null.*"toolsError":"MCP startup failed: .*Auth required.*"authStatus":"bearerToken"/,
    asksToSignIn: /"serverInfo":null.*"authStatus":"notLoggedIn"/,
    signIn: (terminal) => terminal.run("codex mcp login pensyve"),
    signedIn: /Successfully logged in/,
    identity: /^https:\/\/chatgpt\.com\/oauth\/codex\/client\.json$/,
    product: "Codexverified chatgpt.com",
  },
  {
    id: "gemini-cli",
    label: "Gemini CLI",
    ask: (terminal) => terminal.run(`${GEMINI_PROJECT} gemini mcp list`),
    connected: /✓ pensyve: \S+ \(http\) - Connected/,
    refused: /✗ pensyve: \S+ \(http\) - Disconnected/,
    // Why, it says when it is told to sign in.
    asksToSignIn: /✗ pensyve: \S+ \(http\) - Disconnected/,
    signIn: signInGemini,
    signedIn: /Successfully authenticated and reloaded tools for 'pensyve'/,
    identity: REGISTERED,
    product: "“Gemini CLI MCP Client”unverified",
  },
  {
    id: "opencode",
    label: "OpenCode",
    ask: (terminal) => terminal.run("opencode mcp list"),
    connected: /✓ pensyve .*connected/,
    refused: /✗ pensyve .*failed\s+│\s+.*\(401\)/,
    asksToSignIn: /⚠ pensyve .*needs authentication/,
    signIn: (terminal) => terminal.run("opencode mcp auth pensyve"),
    signedIn: /Authentication successful/,
    identity: REGISTERED,
    product: "“OpenCode”unverified",
  },
  {
    id: "mcporter",
    label: "mcporter",
    ask: (terminal) => terminal.run("mcporter list pensyve --json"),
    connected: /"status": "ok"[\s\S]*"name": "pensyve_recall"/,
    refused: /"status": "auth"[\s\S]*"statusCode": 401/,
    asksToSignIn: /"status": "auth"[\s\S]*"authCommand": "mcporter auth pensyve"/,
    signIn: (terminal) => terminal.run("MCPORTER_LOG_LEVEL=info mcporter auth pensyve"),
    signedIn: /Authorization complete\. \d+ tools available/,
    identity: REGISTERED,
    product: "“mcporter (pensyve)”unverified",
  },
];

export const CLIENTS: readonly CommandLineClient[] = [
  ...SIGN_IN,
  {
    id: "mcp-remote",
    label: "mcp-remote",
    connected: /Proxy established successfully/,
    // It takes the refusal for a reason to sign in.
    refused: /Authentication required\. Waiting for authorization/,
  },
  {
    id: "inspector",
    label: "The Inspector",
    connected: /"name": "pensyve_recall"/,
    refused: /"code":"auth_required"/,
  },
];

/** `codex mcp list` only reads the configuration; its server for editors connects. */
function askCodex(terminal: Terminal): RunningClient {
  const client = terminal.run("codex app-server");
  client.write(
    JSON.stringify({ id: 1, method: "initialize", params: { clientInfo: { name: "editor", version: "1" } } }),
  );
  client.write(JSON.stringify({ method: "initialized" }));
  client.write(JSON.stringify({ id: 2, method: "mcpServerStatus/list", params: {} }));
  return client;
}

/** It signs in only where people talk to it. The key for a model stands for an account: nothing is asked of a model. */
async function signInGemini(terminal: Terminal): Promise<RunningClient> {
  const command = "TERM=xterm-256color GEMINI_API_KEY=none gemini --prompt-interactive '/mcp auth pensyve'";
  for (;;) {
    const client = terminal.run(`${GEMINI_PROJECT} ${command}`, { onScreen: true });
    // Until its own commands are loaded, it takes one for a question to the model. The time limit of the test ends this.
    const first = await client.says(/Starting OAuth authentication|Thinking\.\.\./);
    if (first.startsWith("Starting")) {
      await client.says(/Authentication required for MCP Server: 'pensyve[\s\S]*Do you want to continue\?/);
      client.pressEnter();
      return client;
    }
    await client.stop();
  }
}
