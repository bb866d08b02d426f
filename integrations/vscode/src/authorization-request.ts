import type { AuthorizationServer } from "./discovery.ts";
import { Canceled, Refusal } from "./refusals.ts";

/** The client that every server of this kind has from the start: public, with PKCE. */
export const CLIENT_ID = "pensyve-vscode";

export type AuthorizationRequest = {
  redirectUri: string;
  /** What to ask for, without `offline_access`. */
  scopes: readonly string[];
  state: string;
  challenge: string;
};

/** The address that the browser opens (RFC 6749 section 4.1.1, RFC 7636 section 4.3, RFC 8707 section 2). */
export function authorizationUrl(server: AuthorizationServer, request: AuthorizationRequest): string {
  const parameters = {
    response_type: "code",
    client_id: CLIENT_ID,
    redirect_uri: request.redirectUri,
    scope: [...request.scopes, ...(server.hasOfflineAccess ? ["offline_access"] : [])].join(" "),
    state: request.state,
    code_challenge: request.challenge,
    code_challenge_method: "S256",
    resource: server.resource,
  };
  const url = new URL(server.authorizationEndpoint);
  // A space as %20, not as +: editors decode and encode an address before they open it, and a + would become %2B.
  const added = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  url.search = [...(url.search === "" ? [] : [url.search.slice(1)]), ...added].join("&");
  return String(url);
}

/**
 * The code in the address that the browser came back to.
 * @throws Canceled when the person denied; Refusal when it answers another request (state) or comes from another issuer (RFC 9207),
 * or when the server says no
 */
export function readAnswer(answer: URL, expected: { state: string; issuer: string }): string {
  const { searchParams: parameters } = answer;
  if (parameters.get("state") !== expected.state || parameters.get("iss") !== expected.issuer) {
    throw new Refusal("The answer in the browser belongs to another sign-in. Sign in again.", "sign_in");
  }
  const error = parameters.get("error");
  if (error === "access_denied") throw new Canceled();
  const code = parameters.get("code");
  if (error === null && code) return code;
  const description = parameters.get("error_description") ?? error ?? "no code";
  throw new Refusal(`The server did not allow the sign-in: ${description}. Sign in again.`, "sign_in");
}
