import type { Event, McpHttpServerDefinition, McpServerDefinitionProvider, Uri } from "vscode";
import type { Credential, CredentialStore } from "./credential-store.ts";
import { Emitter } from "./emitter.ts";
import { Canceled } from "./refusals.ts";

export type McpOptions = {
  store: CredentialStore;
  /** @throws Refusal when what is set cannot be used */
  server: () => string;
  /** Of the extension. */
  version: string;
  /** As for calls: asks the person. */
  sessionToken: () => Promise<string | undefined>;
  /** Renews the access token when it is due, without asking anybody. */
  renewSilently: () => Promise<unknown>;
  /** The editor's own class, which its API wants. */
  definition: new (
    label: string,
    uri: Uri,
    headers?: Record<string, string>,
    version?: string,
  ) => McpHttpServerDefinition;
  parseUri: (text: string) => Uri;
  now?: () => number;
};

/** A timer cannot wait longer. */
const TIMER_MS_MAX = 2_147_483_647;
/** So that not all windows renew at the same moment: the first does, and the others find what it stored. */
const SPREAD_MS = 20_000;

/**
 * The server as the editor's agent finds it: the address without being asked anything, and a credential when it is started. The editor
 * keeps the header for as long as the connection lives; so its version changes with the credential: the editor then stops it, and asks
 * again when it is used next.
 */
export class McpServers implements McpServerDefinitionProvider<McpHttpServerDefinition> {
  readonly #changed = new Emitter<void>();
  readonly onDidChangeMcpServerDefinitions: Event<void> = this.#changed.event;
  readonly #options: Required<McpOptions>;
  readonly #subscription: { dispose(): void };
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: McpOptions) {
    this.#options = { now: Date.now, ...options };
    this.#subscription = options.store.onDidChange(() => this.changed());
  }

  async provideMcpServerDefinitions(): Promise<McpHttpServerDefinition[]> {
    const { definition, parseUri, version, store } = this.#options;
    const server = this.#options.server();
    const credential = await store.read(server);
    return [new definition("Pensyve", parseUri(`${server}/mcp`), {}, version + stampOf(credential))];
  }

  /** @throws Canceled when the person does not want to sign in: the editor then does not start the server */
  async resolveMcpServerDefinition(server: McpHttpServerDefinition): Promise<McpHttpServerDefinition> {
    const address = this.#options.server();
    const stored = await this.#options.store.read(address);
    const token = stored?.kind === "api_key" ? stored.key : await this.#options.sessionToken();
    if (token === undefined) throw new Canceled();
    server.headers = { Authorization: `Bearer ${token}` };
    await this.#renewInTime(address);
    return server;
  }

  /** Makes the editor ask again: another credential, or another server. */
  changed(): void {
    this.#changed.fire();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#subscription.dispose();
  }

  /** Before the token in the header ends. The session's change, which renewing is, is what makes the editor ask again. */
  async #renewInTime(server: string): Promise<void> {
    clearTimeout(this.#timer);
    const credential = await this.#options.store.read(server);
    if (credential?.kind !== "oauth") return;
    const waitMs = credential.renewAt - this.#options.now() + Math.random() * SPREAD_MS;
    const renew = () => void this.#renewAndGoOn(server);
    this.#timer = setTimeout(renew, Math.min(Math.max(waitMs, SPREAD_MS), TIMER_MS_MAX));
  }

  async #renewAndGoOn(server: string): Promise<void> {
    await this.#options.renewSilently();
    await this.#renewInTime(server);
  }
}

/** Tells one credential from another without anything of it: by when it has to be renewed, or since when it is there. */
function stampOf(credential: Credential | undefined): string {
  if (credential === undefined) return "";
  return `+${credential.kind === "oauth" ? credential.renewAt : credential.since}`;
}
