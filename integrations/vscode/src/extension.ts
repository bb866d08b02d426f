import * as vscode from "vscode";
import { askBrowser } from "./ask-browser.ts";
import { currentEditor } from "./browser.ts";
import { callServer } from "./call-server.ts";
import { commands } from "./commands.ts";
import { CredentialStore } from "./credential-store.ts";
import { ReadOnlyDocuments } from "./documents.ts";
import { McpServers } from "./mcp-servers.ts";
import { movePlainKeys, type PlainKey } from "./plain-key.ts";
import { isCanceled, type NextStep, Refusal } from "./refusals.ts";
import { serverAddress } from "./server-address.ts";
import { PROVIDER_ID, sessionToken } from "./session-token.ts";
import { Sessions } from "./sessions.ts";
import { UriAnswers } from "./uri-answers.ts";

const MCP_PROVIDER_ID = "pensyve";
const NEXT: Record<NextStep, { label: string; command: string; argument?: string } | undefined> = {
  sign_in: { label: "Sign in", command: "pensyve.signIn" },
  sign_in_with_key: { label: "Enter an API key", command: "pensyve.signInWithKey" },
  open_settings: { label: "Open settings", command: "workbench.action.openSettings", argument: "pensyve.serverUrl" },
  retry: undefined,
};

/** Called by the editor when the extension is first needed. */
export function activate(context: vscode.ExtensionContext): void {
  const store = new CredentialStore(context.secrets);
  const answers = new UriAnswers(context.secrets);
  const documents = new ReadOnlyDocuments();
  const server = () => serverAddress(setting("serverUrl") ?? "");
  const sessions = new Sessions({
    store,
    server,
    askBrowser: (question) => askBrowser(currentEditor(), answers, question),
    onEnded: (ended) => {
      const host = new URL(ended).host;
      const message = `${host} no longer accepts this sign-in: it was withdrawn on Connected apps, or has expired.`;
      void offer(new Refusal(`${message} Sign in again to go on.`, "sign_in"));
    },
  });
  const call = callServer({ store, sessions, server, namespace: () => setting("namespace"), sessionToken });
  context.subscriptions.push(
    sessions,
    answers,
    documents.register(),
    vscode.window.registerUriHandler(answers),
    vscode.authentication.registerAuthenticationProvider(PROVIDER_ID, "Pensyve", sessions),
  );
  for (const [name, run] of Object.entries(commands({ call, sessions, documents, server }))) {
    context.subscriptions.push(vscode.commands.registerCommand(name, () => run().catch(offer)));
  }
  const servers = registerMcpServers(context, { store, sessions, server });
  context.subscriptions.push(
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (!change.affectsConfiguration("pensyve.serverUrl")) return;
      void Promise.resolve().then(server).catch(offer);
      void sessions.tell();
      servers?.changed();
    }),
  );
  void moveKeys(store, server).catch(offer);
}

/** Editors made from VS Code may not have this part of its API; there the agent is configured by hand. */
function registerMcpServers(
  context: vscode.ExtensionContext,
  { store, sessions, server }: { store: CredentialStore; sessions: Sessions; server: () => string },
): McpServers | undefined {
  const api: Partial<typeof vscode.lm> | undefined = vscode.lm;
  if (!api?.registerMcpServerDefinitionProvider || !vscode.McpHttpServerDefinition) return undefined;
  const servers = new McpServers({
    store,
    server,
    version: String(context.extension.packageJSON.version),
    sessionToken,
    renewSilently: () => sessions.getSessions().catch(() => undefined),
    definition: vscode.McpHttpServerDefinition,
    parseUri: (text) => vscode.Uri.parse(text),
  });
  context.subscriptions.push(servers, api.registerMcpServerDefinitionProvider(MCP_PROVIDER_ID, servers));
  return servers;
}

function setting(name: "serverUrl" | "namespace"): string | undefined {
  return vscode.workspace.getConfiguration("pensyve").get<string>(name)?.trim() || undefined;
}

/** Shows what went wrong, and the way on as a button. */
async function offer(error: unknown): Promise<void> {
  if (isCanceled(error)) return;
  const message = error instanceof Error ? error.message : String(error);
  const next = error instanceof Refusal && error.next ? NEXT[error.next] : undefined;
  const chosen = await vscode.window.showErrorMessage(message, ...(next ? [next.label] : []));
  if (next && chosen === next.label) await vscode.commands.executeCommand(next.command, next.argument);
}

async function moveKeys(store: CredentialStore, server: () => string): Promise<void> {
  const configuration = vscode.workspace.getConfiguration("pensyve");
  const found = configuration.inspect<string>("apiKey");
  const places = [
    ["user", found?.globalValue, vscode.ConfigurationTarget.Global],
    ["workspace", found?.workspaceValue, vscode.ConfigurationTarget.Workspace],
  ] as const;
  const plainKeys = places.flatMap(([from, key, target]): PlainKey[] => {
    if (!key) return [];
    return [{ from, key, remove: async () => configuration.update("apiKey", undefined, target) }];
  });
  if (plainKeys.length === 0) return;
  await movePlainKeys({
    found: plainKeys,
    store,
    server: server(),
    say: (message) => void vscode.window.showWarningMessage(message),
    ask: async (message, ...choices) => vscode.window.showWarningMessage(message, ...choices),
  });
}
