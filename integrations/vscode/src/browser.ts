import * as vscode from "vscode";
import type { Editor, WaitingHelp } from "./ask-browser.ts";

const PASTE_AFTER_MS = 15_000;

/** The real editor, for a sign-in through the person's browser. */
export function currentEditor(): Editor {
  return {
    uriScheme: vscode.env.uriScheme,
    isDesktop: vscode.env.uiKind === vscode.UIKind.Desktop,
    openBrowser: async (url) => vscode.env.openExternal(vscode.Uri.parse(url)),
    externalAddress: async (url) => (await vscode.env.asExternalUri(vscode.Uri.parse(url))).toString(true),
    showWaiting: (settled, help) => {
      void vscode.window.withProgress(
        { location: vscode.ProgressLocation.Notification, title: "Pensyve waits for your browser", cancellable: true },
        (_, token) => {
          token.onCancellationRequested(help.cancel);
          return settled.then(() => undefined);
        },
      );
      if (help.address !== undefined) void offerCopy(settled, help, help.address);
      else if (help.paste) void offerPaste(settled, help.paste);
    },
  };
}

async function offerCopy(settled: Promise<unknown>, { paste }: WaitingHelp, address: string): Promise<void> {
  const message = "This editor cannot open the page for signing in. Copy its address and open it in your browser.";
  const choice = "Copy the address";
  const chosen = await Promise.race([vscode.window.showInformationMessage(message, choice), settled]);
  if (chosen !== choice) return;
  await vscode.env.clipboard.writeText(address);
  if (paste) await offerPaste(settled, paste);
}

/** A browser on another computer ends at a page that does not load; its address is the answer all the same. */
async function offerPaste(settled: Promise<unknown>, paste: (address: string) => void): Promise<void> {
  // It cannot be taken back, so who is quick does not get to see it.
  const isSettled = await Promise.race([settled.then(() => true), later(PASTE_AFTER_MS)]);
  if (isSettled) return;
  const message = "If the page after Allow does not load, copy its address and paste it here.";
  const choice = "Paste the address";
  const chosen = await Promise.race([vscode.window.showInformationMessage(message, choice), settled]);
  if (chosen !== choice) return;
  const address = await vscode.window.showInputBox({
    title: "Sign in to Pensyve",
    prompt: "The address of the page, which begins with http://127.0.0.1",
    ignoreFocusOut: true,
    password: true,
  });
  if (address !== undefined) paste(address);
}

function later(milliseconds: number): Promise<false> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds, false));
}
