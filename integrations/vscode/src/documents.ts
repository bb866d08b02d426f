import * as vscode from "vscode";

const SCHEME = "pensyve";

/** Answers of the server as read-only documents, which open beside what is worked on and are never saved. */
export class ReadOnlyDocuments implements vscode.TextDocumentContentProvider {
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #texts = new Map<string, string>();

  register(): vscode.Disposable {
    const closed = vscode.workspace.onDidCloseTextDocument(({ uri }) => void this.#texts.delete(String(uri)));
    return vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      closed,
      this.#changed,
    );
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(String(uri)) ?? "Run the command again to see this.";
  }

  /** Shows Markdown as it reads, and the text itself where the editor has no preview. */
  async show(title: string, markdown: string): Promise<void> {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${title.replaceAll("/", "∕")}.md` });
    this.#texts.set(String(uri), markdown);
    this.#changed.fire(uri);
    try {
      await vscode.commands.executeCommand("markdown.showPreview", uri);
    } catch {
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
    }
  }
}
