import * as vscode from "vscode";
import { type CallServer, checkKey } from "./call-server.ts";
import type { ReadOnlyDocuments } from "./documents.ts";
import { Canceled } from "./refusals.ts";
import { newSession } from "./session-token.ts";
import type { Sessions } from "./sessions.ts";
import { inspectDocument, memoryItem, statusDocument } from "./views.ts";

const RECALL_MAX = 20;

export type CommandOptions = {
  call: CallServer;
  sessions: Sessions;
  documents: ReadOnlyDocuments;
  server: () => string;
};

/** The commands by their names in package.json. Each may throw Canceled or Refusal. */
export function commands({ call, sessions, documents, server }: CommandOptions): Record<string, () => Promise<void>> {
  return {
    "pensyve.recall": async () => {
      const query = await input({
        title: "Recall",
        prompt: "What to look for. Leave it empty for the newest memories.",
      });
      const { memories } = await progress("Recalling…", () =>
        call((pensyve) => pensyve.recall(query, { limit: RECALL_MAX })),
      );
      if (memories.length === 0) return say("Nothing was found. Try other words.");
      const options = { title: "Recall", placeHolder: "Choose a memory to insert or copy", matchOnDetail: true };
      const chosen = await vscode.window.showQuickPick(memories.map(memoryItem), options);
      if (chosen) await take(chosen.content);
    },

    "pensyve.remember": async () => {
      const editor = vscode.window.activeTextEditor;
      const selected = editor?.document.getText(editor.selection).trim() ?? "";
      const fact = await input({
        title: "Remember (1 of 2)",
        prompt: "A short sentence without its subject, such as: prefers dark mode",
        value: selected,
        validateInput: required("Write what to remember."),
      });
      const entity = await input({
        title: "Remember (2 of 2)",
        prompt: "Who or what it is about",
        value: vscode.workspace.name ?? "",
        validateInput: required("Name who or what it is about."),
      });
      await progress("Remembering…", () => call((pensyve) => pensyve.remember({ fact, entity })));
      say(`Remembered about ${entity}.`);
    },

    "pensyve.inspect": async () => {
      const entity = await input({
        title: "Inspect",
        prompt: "Who or what to look at",
        value: vscode.workspace.name ?? "",
        validateInput: required("Name who or what to look at."),
      });
      const inspected = await progress("Looking…", () => call((pensyve) => pensyve.inspect(entity)));
      await documents.show(`Pensyve ${entity}`, inspectDocument(inspected));
    },

    "pensyve.status": async () => {
      const facts = await progress("Asking the server…", () =>
        call(async (pensyve) => ({ account: await pensyve.usage(), stats: await pensyve.stats() })),
      );
      await documents.show("Pensyve status", statusDocument({ server: server(), ...facts }));
    },

    "pensyve.signIn": async () => {
      const { account } = await newSession();
      say(`Signed in at ${account.label}.`);
    },

    "pensyve.signInWithKey": async () => {
      const address = server();
      const key = await input({
        title: "API key",
        prompt: `A key from the dashboard of ${address}`,
        password: true,
        ignoreFocusOut: true,
        validateInput: required("Paste the key."),
      });
      await progress("Checking the key…", () => checkKey(address, key));
      await sessions.useKey(key);
      say(`Signed in at ${new URL(address).host} with an API key.`);
    },

    "pensyve.signOut": async () => {
      const isSignedOut = await sessions.signOut();
      say(isSignedOut ? `Signed out at ${new URL(server()).host}.` : "You are not signed in.");
    },
  };
}

async function take(content: string): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const choice = await vscode.window.showInformationMessage(content, ...(editor ? ["Insert", "Copy"] : ["Copy"]));
  if (choice === "Copy") await vscode.env.clipboard.writeText(content);
  if (choice === "Insert") await editor?.edit((edit) => edit.replace(editor.selection, content));
}

async function input(options: vscode.InputBoxOptions): Promise<string> {
  const value = await vscode.window.showInputBox(options);
  if (value === undefined) throw new Canceled();
  return value.trim();
}

function required(message: string): (value: string) => string | undefined {
  return (value) => (value.trim() === "" ? message : undefined);
}

function progress<T>(title: string, work: () => Promise<T>): Thenable<T> {
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: `Pensyve: ${title}` }, work);
}

/** Not awaited: it stays until it is closed. */
function say(message: string): void {
  void vscode.window.showInformationMessage(message);
}
