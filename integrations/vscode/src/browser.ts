import * as vscode from "vscode";
import type { Editor } from "./ask-browser.ts";

/** The real editor, for a sign-in through the person's browser. */
export function currentEditor(): Editor {
  return {
    uriScheme: vscode.env.uriScheme,
    isDesktop: vscode.env.uiKind === vscode.UIKind.Desktop,
    openBrowser: async (url) => vscode.env.openExternal(vscode.Uri.parse(url)),
    externalAddress: async (url) => (await vscode.env.asExternalUri(vscode.Uri.parse(url))).toString(true),
    showWaiting: (settled, { cancel, paste }) => {
      void vscode.window.withProgress(
        { location: vscode.ProgressLocation.Notification, title: "Pensyve waits for your browser", cancellable: true },
        (_, token) => {
          token.onCancellationRequested(cancel);
          return settled.then(() => undefined);
        },
      );
      if (paste) void offerPaste(settled, paste);
    },
  };
}

/** A browser on another computer ends at a page that does not load; its address is the answer all the same. */
async function offerPaste(settled: Promise<unknown>, paste: (address: string) => void): Promise<void> {
  const question = "If the page after Allow does not load, copy its address and paste it here.";
  const choice = "Paste the address";
  const chosen = await Promise.race([vscode.window.showInformationMessage(question, choice), settled]);
  if (chosen !== choice) return;
  const address = await vscode.window.showInputBox({
    title: "Sign in to Pensyve",
    prompt: "The address of the page, which begins with http://127.0.0.1",
    ignoreFocusOut: true,
    password: true,
  });
  if (address !== undefined) paste(address);
}
