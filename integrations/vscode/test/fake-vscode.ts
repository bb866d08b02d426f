import { Emitter } from "../src/emitter.ts";

/**
 * The small part of the editor's API that activating the extension needs, for tests outside an editor: what was registered, what was
 * said, and what the person answers.
 */
export const fake = {
  commands: new Map<string, (...args: unknown[]) => unknown>(),
  providers: new Map<string, unknown>(),
  settings: new Map<string, unknown>(),
  /** Settings of the workspace, as its files hold them. */
  workspaceSettings: new Map<string, unknown>(),
  said: [] as { kind: "information" | "warning" | "error"; message: string; choices: string[] }[],
  /** What the person chooses in each message, by its text. */
  choose: (_message: string): string | undefined => undefined,
  /** What the person types, one input box after the other; undefined closes it. */
  typed: [] as (string | undefined)[],
  executed: [] as unknown[][],
  reset(): void {
    for (const map of [this.commands, this.providers, this.settings, this.workspaceSettings]) map.clear();
    this.said.length = 0;
    this.typed.length = 0;
    this.executed.length = 0;
    this.choose = () => undefined;
  },
};

const disposable = { dispose: () => undefined };
const configurationChanged = new Emitter<{ affectsConfiguration(name: string): boolean }>();

/** Changes a setting as the person does, and tells the extension. */
export function changeSetting(name: string, value: unknown): void {
  fake.settings.set(name, value);
  configurationChanged.fire({ affectsConfiguration: (asked) => asked === name });
}

const show =
  (kind: (typeof fake.said)[number]["kind"]) =>
  async (message: string, ...choices: string[]) => {
    fake.said.push({ kind, message, choices });
    return fake.choose(message);
  };

const register = (map: Map<string, unknown>, name: string, value: unknown) => {
  map.set(name, value);
  return disposable;
};

export const window = {
  activeTextEditor: undefined,
  registerUriHandler: (handler: unknown) => register(fake.providers, "uri", handler),
  showInformationMessage: show("information"),
  showWarningMessage: show("warning"),
  showErrorMessage: show("error"),
  showInputBox: async () => fake.typed.shift(),
  withProgress: (_: unknown, work: () => unknown) => work(),
};

export const workspace = {
  name: "project",
  getConfiguration: (section: string) => ({
    get: (name: string) => fake.settings.get(`${section}.${name}`),
    inspect: (name: string) => ({
      globalValue: fake.settings.get(`${section}.${name}`),
      workspaceValue: fake.workspaceSettings.get(`${section}.${name}`),
    }),
    update: async (name: string, _: undefined, target: number) => {
      const map = target === ConfigurationTarget.Global ? fake.settings : fake.workspaceSettings;
      map.delete(`${section}.${name}`);
    },
  }),
  onDidChangeConfiguration: configurationChanged.event,
  onDidCloseTextDocument: () => disposable,
  registerTextDocumentContentProvider: (scheme: string, provider: unknown) =>
    register(fake.providers, scheme, provider),
};

export const commands = {
  registerCommand: (name: string, run: (...args: unknown[]) => unknown) => register(fake.commands, name, run),
  executeCommand: async (...args: unknown[]) => {
    fake.executed.push(args);
  },
};

export const authentication = {
  registerAuthenticationProvider: (id: string, _: string, provider: unknown) => register(fake.providers, id, provider),
  getSession: () => Promise.reject(new Error("User did not consent to login.")),
};

export const lm = {
  registerMcpServerDefinitionProvider: (id: string, provider: unknown) =>
    register(fake.providers, `mcp ${id}`, provider),
};

export class McpHttpServerDefinition {
  readonly label: string;
  readonly uri: unknown;

  constructor(label: string, uri: unknown) {
    this.label = label;
    this.uri = uri;
  }
}

export class EventEmitter<T> extends Emitter<T> {
  dispose(): void {}
}

export const ConfigurationTarget = { Global: 1, Workspace: 2 };
export const ProgressLocation = { Window: 10, Notification: 15 };
export const UIKind = { Desktop: 1, Web: 2 };
export const Disposable = { from: () => disposable };
export const Uri = {
  parse: (text: string) => new URL(text),
  from: ({ scheme, path }: { scheme: string; path: string }) => `${scheme}:${path}`,
};
