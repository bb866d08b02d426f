import { askJson, type Fetch, type JsonAnswer } from "./ask-json.ts";
import { CLIENT_ID } from "./authorization-request.ts";
import type { AuthorizationServer } from "./discovery.ts";
import { Refusal } from "./refusals.ts";

/** How long before its end an access token is renewed, at most: requests on the way, and clocks that differ. */
const MARGIN_MS = 60_000;

export type Tokens = {
  accessToken: string;
  /** Absent when the server gives none: then the person has to sign in again when the token ends. */
  refreshToken: string | undefined;
  /** Milliseconds since 1970 from when on it should be renewed. */
  renewAt: number;
  /** What was granted, which can be less than what was asked for. */
  scope: string | undefined;
};

/** Exchanges a code (RFC 6749 section 4.1.3). @throws Refusal when the server does not take it, or cannot be reached */
export async function redeemCode(
  fetch: Fetch,
  server: AuthorizationServer,
  proof: { code: string; redirectUri: string; verifier: string },
  now: number,
): Promise<Tokens> {
  const form = {
    grant_type: "authorization_code",
    code: proof.code,
    redirect_uri: proof.redirectUri,
    code_verifier: proof.verifier,
  };
  const answer = await askToken(fetch, server, form);
  if (answer.status === 200) return readTokens(answer, now);
  throw new Refusal(`The server did not complete the sign-in: ${reasonOf(answer)}. Sign in again.`, "sign_in");
}

/**
 * Renews the access (RFC 6749 section 6); the refresh token is used up by it. `ended` when the server no longer honors it: it was
 * withdrawn, has expired, or was used before (`invalid_grant`), or the client is gone (`invalid_client`).
 * @throws Refusal when the server could not answer: the refresh token is still good then
 */
export async function renewTokens(
  fetch: Fetch,
  server: AuthorizationServer,
  refreshToken: string,
  now: number,
): Promise<Tokens | "ended"> {
  const answer = await askToken(fetch, server, { grant_type: "refresh_token", refresh_token: refreshToken });
  if (answer.status === 200) return readTokens(answer, now);
  if (answer.body["error"] === "invalid_grant" || answer.body["error"] === "invalid_client") return "ended";
  throw new Refusal(`The server could not renew the access: ${reasonOf(answer)}. Try again later.`, "retry");
}

/** Ends what was granted (RFC 7009). Says nothing when the server cannot be reached: the token then ends by itself. */
export async function revokeToken(fetch: Fetch, server: AuthorizationServer, refreshToken: string): Promise<void> {
  if (server.revocationEndpoint === undefined) return;
  const body = new URLSearchParams({ token: refreshToken, token_type_hint: "refresh_token", client_id: CLIENT_ID });
  const signal = AbortSignal.timeout(10_000);
  await fetch(server.revocationEndpoint, { method: "POST", redirect: "error", body, signal }).catch(() => undefined);
}

function askToken(fetch: Fetch, server: AuthorizationServer, form: Record<string, string>): Promise<JsonAnswer> {
  const body = new URLSearchParams({ ...form, client_id: CLIENT_ID, resource: server.resource });
  return askJson(fetch, server.tokenEndpoint, { method: "POST", body });
}

function readTokens({ body }: JsonAnswer, now: number): Tokens {
  const {
    access_token: accessToken,
    refresh_token: refreshToken,
    expires_in: expiresIn,
    scope,
    token_type: type,
  } = body;
  if (typeof accessToken !== "string" || typeof type !== "string" || type.toLowerCase() !== "bearer") {
    throw new Refusal("The server answered without an access token. Sign in again.", "sign_in");
  }
  const lifetimeMs = typeof expiresIn === "number" ? expiresIn * 1_000 : Number.POSITIVE_INFINITY;
  return {
    accessToken,
    refreshToken: typeof refreshToken === "string" ? refreshToken : undefined,
    renewAt: Math.min(now + lifetimeMs - Math.min(MARGIN_MS, lifetimeMs / 4), Number.MAX_SAFE_INTEGER),
    scope: typeof scope === "string" ? scope : undefined,
  };
}

function reasonOf({ status, body }: JsonAnswer): string {
  const reason = body["error_description"] ?? body["message"] ?? body["error"];
  return typeof reason === "string" ? reason.replace(/\.$/, "") : `HTTP ${status}`;
}
