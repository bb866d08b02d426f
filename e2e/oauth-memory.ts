import type { OAuthClientProvider, OAuthDiscoveryState } from "@modelcontextprotocol/client";

type Information = Awaited<ReturnType<OAuthClientProvider["clientInformation"]>>;
type Stored = Awaited<ReturnType<OAuthClientProvider["tokens"]>>;

/** What a program built on the official SDK has to bring: where it keeps what it was given, and a browser. Nothing else is ours. */
export class OAuthMemory implements OAuthClientProvider {
  readonly redirectUrl: string;
  /** Where the SDK wanted the browser to go, newest last. */
  readonly authorizationUrls: URL[] = [];
  readonly saved: Stored[] = [];
  #information: Information;
  #tokens: Stored;
  #verifier = "";
  #discovery: OAuthDiscoveryState | undefined;

  constructor(redirectUrl: string) {
    this.redirectUrl = redirectUrl;
  }

  get clientMetadata() {
    return {
      client_name: "A program on the SDK",
      redirect_uris: [this.redirectUrl],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
    };
  }
  state(): string {
    return "a state of the client";
  }
  clientInformation(): Information {
    return this.#information;
  }
  saveClientInformation(information: NonNullable<Information>): void {
    this.#information = information;
  }
  tokens(): Stored {
    return this.#tokens;
  }
  saveTokens(tokens: NonNullable<Stored>): void {
    this.#tokens = tokens;
    this.saved.push(tokens);
  }
  redirectToAuthorization(url: URL): void {
    this.authorizationUrls.push(url);
  }
  saveCodeVerifier(verifier: string): void {
    this.#verifier = verifier;
  }
  codeVerifier(): string {
    return this.#verifier;
  }
  saveDiscoveryState(state: OAuthDiscoveryState): void {
    this.#discovery = state;
  }
  discoveryState(): OAuthDiscoveryState | undefined {
    return this.#discovery;
  }
}
