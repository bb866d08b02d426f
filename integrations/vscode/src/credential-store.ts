import type { SecretStorage } from "vscode";
import type { Tokens } from "./token-endpoint.ts";

export type ApiKeyCredential = {
  kind: "api_key";
  key: string;
  /** When it was stored, in milliseconds since 1970: tells one key from another without showing either. */
  since: number;
};
export type OAuthCredential = Tokens & {
  kind: "oauth";
  /** Stays the same when the tokens are renewed. */
  id: string;
  issuer: string;
  /** What was asked for. The person may have granted less; `scope` says what. */
  scopes: string[];
};
export type Credential = ApiKeyCredential | OAuthCredential;
export type Secrets = Pick<SecretStorage, "get" | "store" | "delete" | "onDidChange">;

const PREFIX = "credential:";

/**
 * What the editor's secret storage holds: one credential for each server, so that signing in one way ends the other, and a changed
 * address never sends a credential elsewhere. All windows share it.
 */
export class CredentialStore {
  readonly #secrets: Secrets;

  constructor(secrets: Secrets) {
    this.#secrets = secrets;
  }

  /** Always what is stored now, by whichever window. Undefined when there is none, or what is stored cannot be read. */
  async read(server: string): Promise<Credential | undefined> {
    return parse(await this.#secrets.get(PREFIX + server));
  }

  async write(server: string, credential: Credential): Promise<void> {
    await this.#secrets.store(PREFIX + server, JSON.stringify(credential));
  }

  async remove(server: string): Promise<void> {
    await this.#secrets.delete(PREFIX + server);
  }

  /** Calls `listener` with the server whose credential changed, in this window or another. */
  onDidChange(listener: (server: string) => void): { dispose(): void } {
    return this.#secrets.onDidChange(({ key }) => {
      if (key.startsWith(PREFIX)) listener(key.slice(PREFIX.length));
    });
  }
}

function parse(text: string | undefined): Credential | undefined {
  if (text === undefined) return undefined;
  try {
    const stored: unknown = JSON.parse(text);
    return isCredential(stored) ? stored : undefined;
  } catch {
    return undefined;
  }
}

/** Another release may have written it. */
function isCredential(stored: unknown): stored is Credential {
  if (typeof stored !== "object" || stored === null) return false;
  const { kind, key, since, id, issuer, accessToken, renewAt, scopes } = stored as Record<string, unknown>;
  if (kind === "api_key") return typeof key === "string" && typeof since === "number";
  const isText = [id, issuer, accessToken].every((each) => typeof each === "string");
  return kind === "oauth" && isText && typeof renewAt === "number" && Array.isArray(scopes);
}
