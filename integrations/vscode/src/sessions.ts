import type {
  AuthenticationProvider,
  AuthenticationSession,
  AuthenticationProviderAuthenticationSessionsChangeEvent as Change,
} from "vscode";
import type { BrowserAnswer, BrowserQuestion } from "./ask-browser.ts";
import type { Fetch } from "./ask-json.ts";
import { authorizationUrl, readAnswer } from "./authorization-request.ts";
import type { Credential, CredentialStore, OAuthCredential } from "./credential-store.ts";
import { type AuthorizationServer, discover } from "./discovery.ts";
import { Emitter } from "./emitter.ts";
import { proofKey, randomText } from "./pkce.ts";
import { Refusal } from "./refusals.ts";
import { redeemCode, renewTokens, revokeToken } from "./token-endpoint.ts";

/** What is asked for unless another extension wants less. On the consent page the person can narrow it. */
export const FULL_SCOPE = "mcp";
const SCOPES = new Set([FULL_SCOPE, "mcp:read", "mcp:write"]);

export type SessionsOptions = {
  store: CredentialStore;
  /** The address of the server as it is set now. @throws Refusal when it cannot be used */
  server: () => string;
  askBrowser: (question: BrowserQuestion) => Promise<BrowserAnswer>;
  /** Told when the server no longer honors the sign-in, once, in the window that noticed. */
  onEnded: (server: string) => void;
  fetch?: Fetch;
  now?: () => number;
};

/**
 * The sign-ins of the editor, as its authentication API knows them: at most one for each server. Access tokens are renewed when they
 * are asked for; windows share what is stored, so each reads it anew first, and no sign-in is lost when two renew at once.
 */
export class Sessions implements AuthenticationProvider {
  readonly #changed = new Emitter<Change>();
  readonly onDidChangeSessions = this.#changed.event;
  readonly #options: Required<SessionsOptions>;
  /** Renewals under way, by server: a window never does two at once. */
  readonly #renewals = new Map<string, Promise<OAuthCredential | undefined>>();
  readonly #servers = new Map<string, Promise<AuthorizationServer>>();
  readonly #subscription: { dispose(): void };
  /** What the editor was told last. */
  #known: AuthenticationSession | undefined;
  #telling: Promise<void> = Promise.resolve();

  constructor(options: SessionsOptions) {
    this.#options = { fetch: (input, init) => fetch(input, init), now: Date.now, ...options };
    this.#subscription = options.store.onDidChange(() => void this.tell());
  }

  /**
   * The session of the server that is set, when it covers `scopes`, with an access token that is good. When the server cannot be
   * reached, the session stays as it is.
   */
  async getSessions(scopes?: readonly string[]): Promise<AuthenticationSession[]> {
    const server = this.#options.server();
    const credential = await this.#renewed(server).catch((error) => this.#asStored(server, error));
    if (!credential || !covers(credential.scopes, scopes ?? [])) return [];
    return [this.#remember(sessionOf(server, credential))];
  }

  /**
   * Signs in through the browser and takes the place of what was there, which is ended at the server.
   * @throws Canceled when the person stops or denies it; Refusal when it cannot be done
   */
  async createSession(scopes: readonly string[]): Promise<AuthenticationSession> {
    const asked = scopes.length === 0 ? [FULL_SCOPE] : scopes.filter((scope) => SCOPES.has(scope));
    if (asked.length === 0) throw new Refusal(`Ask for one of the scopes ${[...SCOPES].join(", ")}.`);
    const { fetch, now, askBrowser } = this.#options;
    const server = this.#options.server();
    const found = await discover(fetch, server);
    const { verifier, challenge } = await proofKey();
    const state = randomText();
    const { redirectUri, address } = await askBrowser({
      state,
      urlFor: (redirectUri) => authorizationUrl(found, { redirectUri, scopes: asked, state, challenge }),
    });
    const code = readAnswer(address, { state, issuer: found.issuer });
    const tokens = await redeemCode(fetch, found, { code, redirectUri, verifier }, now());
    const id = crypto.randomUUID();
    const credential: OAuthCredential = { kind: "oauth", id, issuer: found.issuer, scopes: [...asked], ...tokens };
    await this.#replace(server, credential);
    return sessionOf(server, credential);
  }

  /** As the editor's menu of accounts calls it. */
  async removeSession(sessionId: string): Promise<void> {
    const server = this.#options.server();
    const credential = await this.#options.store.read(server);
    if (credential?.kind === "oauth" && credential.id === sessionId) await this.#replace(server, undefined);
  }

  /** Uses an API key from now on, in place of what was there. */
  async useKey(key: string): Promise<void> {
    await this.#replace(this.#options.server(), { kind: "api_key", key, since: this.#options.now() });
  }

  /** Forgets key or session, and ends the session at the server. @returns whether there was anything */
  async signOut(): Promise<boolean> {
    return (await this.#replace(this.#options.server(), undefined)) !== undefined;
  }

  /**
   * A new access token in place of one that the server refused. Undefined when the sign-in has ended.
   * @throws Refusal when the server could not answer
   */
  async renew(refusedToken: string): Promise<string | undefined> {
    return (await this.#renewed(this.#options.server(), refusedToken))?.accessToken;
  }

  /** Tells the editor what changed: called with every change of what is stored, and when another server was set. Never rejects. */
  tell(): Promise<void> {
    this.#telling = this.#telling.then(() => this.#tell()).catch(() => undefined);
    return this.#telling;
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  async #renewed(server: string, refusedToken?: string): Promise<OAuthCredential | undefined> {
    const running = this.#renewals.get(server);
    if (running) return running;
    const renewal = this.#renew(server, refusedToken).finally(() => this.#renewals.delete(server));
    this.#renewals.set(server, renewal);
    return renewal;
  }

  async #renew(server: string, refusedToken: string | undefined): Promise<OAuthCredential | undefined> {
    const { store, fetch, now } = this.#options;
    // Another window may have renewed it already.
    const before = await store.read(server);
    if (before?.kind !== "oauth") return undefined;
    const isGood = now() < before.renewAt && before.accessToken !== refusedToken;
    if (isGood) return before;
    if (before.refreshToken === undefined) return this.#end(server);
    const found = await this.#discovered(server, before.issuer);
    const tokens = await renewTokens(fetch, found, before.refreshToken, now());
    const meanwhile = await store.read(server);
    const isStillThis = meanwhile?.kind === "oauth" && meanwhile.id === before.id;
    if (tokens === "ended") {
      // Another window was quicker, so what is stored is newer than what was refused here.
      const isNewer = meanwhile?.kind === "oauth" && meanwhile.refreshToken !== before.refreshToken;
      return isNewer ? this.#renew(server, refusedToken) : this.#end(server);
    }
    if (!isStillThis) {
      // Signed out meanwhile: what came back must not bring it to life again.
      await revokeToken(fetch, found, tokens.refreshToken ?? before.refreshToken);
      return meanwhile?.kind === "oauth" ? meanwhile : undefined;
    }
    const renewed = { ...before, ...tokens, refreshToken: tokens.refreshToken ?? before.refreshToken };
    await store.write(server, { ...renewed, scope: tokens.scope ?? before.scope });
    await this.tell();
    return renewed;
  }

  async #end(server: string): Promise<undefined> {
    await this.#options.store.remove(server);
    await this.tell();
    this.#options.onEnded(server);
  }

  async #asStored(server: string, error: unknown): Promise<OAuthCredential | undefined> {
    if (!(error instanceof Refusal)) throw error;
    const credential = await this.#options.store.read(server);
    return credential?.kind === "oauth" ? credential : undefined;
  }

  /** @returns what was there before; a session is ended at the server too */
  async #replace(server: string, credential: Credential | undefined): Promise<Credential | undefined> {
    const { store } = this.#options;
    const before = await store.read(server);
    await (credential ? store.write(server, credential) : store.remove(server));
    await this.tell();
    if (before?.kind === "oauth") await this.#revoke(server, before);
    return before;
  }

  /** Read once for each window. @throws Refusal when the server has become another's: a refresh token goes only to its issuer */
  async #discovered(server: string, issuer: string): Promise<AuthorizationServer> {
    const found = this.#servers.get(server) ?? discover(this.#options.fetch, server);
    this.#servers.set(server, found);
    found.catch(() => this.#servers.delete(server));
    if ((await found).issuer === issuer) return found;
    throw new Refusal(`${server} has another authorization server than before. Sign in again.`, "sign_in");
  }

  /** Best effort: who signs out is signed out, whether the server can be reached or not. */
  async #revoke(server: string, { issuer, refreshToken }: OAuthCredential): Promise<void> {
    if (refreshToken === undefined) return;
    const found = await this.#discovered(server, issuer).catch(() => undefined);
    if (found) await revokeToken(this.#options.fetch, found, refreshToken);
  }

  /** As it is stored. None while what is set is no address. */
  async #stored(): Promise<AuthenticationSession | undefined> {
    let server: string;
    try {
      server = this.#options.server();
    } catch {
      return undefined;
    }
    const credential = await this.#options.store.read(server);
    return credential?.kind === "oauth" ? sessionOf(server, credential) : undefined;
  }

  #remember(session: AuthenticationSession): AuthenticationSession {
    this.#known = session;
    return session;
  }

  async #tell(): Promise<void> {
    const [before, after] = [this.#known, await this.#stored()];
    this.#known = after;
    const isSame = before?.id === after?.id;
    if (isSame && before?.accessToken === after?.accessToken) return;
    this.#changed.fire({
      added: after && !isSame ? [after] : [],
      removed: before && !isSame ? [before] : [],
      changed: after && isSame ? [after] : [],
    });
  }
}

function sessionOf(server: string, { id, accessToken, scopes, issuer }: OAuthCredential): AuthenticationSession {
  return { id, accessToken, scopes, account: { id: issuer, label: new URL(server).host } };
}

/** Full access covers the others. */
function covers(have: readonly string[], asked: readonly string[]): boolean {
  return have.includes(FULL_SCOPE) || asked.every((scope) => have.includes(scope));
}
