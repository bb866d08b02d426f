import type { IncomingMessage, ServerResponse } from "node:http";
import type { AdapterPayload } from "oidc-provider";
import { makePublicKeys } from "#lib/auth/public-keys.ts";
import { hasTokenForm } from "#lib/auth/token-form.ts";
import { type AccessTokenClaims, verifySignature } from "#lib/auth/verify-access-token.ts";
import type { Env } from "#lib/env.ts";
import { ANY_ORIGIN } from "#lib/server/protected-resource.ts";
import { respondError, respondText } from "#lib/server/respond.ts";
import { singleton } from "#lib/singleton.ts";
import { secretHash } from "../secret-hash.ts";
import { respondOAuth } from "./respond-oauth.ts";
import { readBody } from "./with-body.ts";

const FORM = /^application\/x-www-form-urlencoded\s*(;|$)/i;

/** Answers preflights, and every method but POST; returns whether it did. */
export function answeredByMethod(request: IncomingMessage, response: ServerResponse): boolean {
  if (request.method === "POST") return false;
  if (request.method === "OPTIONS") respondText(response, 204, "", { ...ANY_ORIGIN, Allow: "POST, OPTIONS" });
  else respondError(response, "method_not_allowed", { ...ANY_ORIGIN, Allow: "POST, OPTIONS" });
  return true;
}

export type PostedForm = { body: Buffer; form: URLSearchParams };

/**
 * The posted form, and its bytes for the provider. What is no form has an empty one: the provider refuses it.
 * @returns undefined when it was too large: that is answered.
 */
export async function readForm(request: IncomingMessage, response: ServerResponse): Promise<PostedForm | undefined> {
  const body = await readBody(request);
  if (!body) {
    const error_description = "the form is larger than 56 KiB";
    respondOAuth(response, 413, { error: "invalid_request", error_description });
    return undefined;
  }
  const isForm = FORM.test(request.headers["content-type"] ?? "");
  return { body, form: new URLSearchParams(isForm ? body.toString("utf8") : "") };
}

/** The value of a parameter that is there once; undefined otherwise. */
export function single(form: URLSearchParams, name: string): string | undefined {
  const [value, ...others] = form.getAll(name);
  return others.length === 0 ? value : undefined;
}

/** Three parts between dots: a JWT, whoever signed it. The provider's own tokens have no dot. */
export function isJwt(token: string): boolean {
  return token.split(".").length === 3;
}

/** The form with the token under the opaque name that the provider is to look up. */
export function withHandle(form: URLSearchParams, token: string): { handle: string; body: string } {
  const handle = Buffer.from(secretHash(token)).toString("base64url");
  const copy = new URLSearchParams(form);
  copy.set("token", handle);
  copy.set("token_type_hint", "access_token");
  return { handle, body: copy.toString() };
}

/**
 * Verifies an access token as gateways do, but for its grant, which the provider looks at.
 * @param skew the provider takes it while gateways do: up to the clock skew after its expiry. Else to the second.
 * @returns the record that the provider would have kept; `unknown` for what no gateway takes; `unavailable` without the database.
 */
export async function verifyPresented(
  token: string,
  environment: Pick<Env, "publicUrl" | "audience">,
  { skew, nowMs = Date.now() }: { skew: boolean; nowMs?: number },
): Promise<AdapterPayload | "unknown" | "unavailable"> {
  if (!hasTokenForm(token)) return "unknown";
  const { find: findPublicKey } = singleton("inspection-keys", makePublicKeys);
  const verifier = { issuer: environment.publicUrl, audience: environment.audience, findPublicKey };
  // This process need not hear of changed keys: then the set is read for each answer.
  const signed = await verifySignature(token, verifier, false, nowMs);
  if (!signed.ok) return signed.reason === "unavailable" ? "unavailable" : "unknown";
  return payloadOf(signed.claims, skew ? Math.ceil(signed.expiresAtMs / 1000) : signed.claims.exp);
}

function payloadOf(claims: AccessTokenClaims, exp: number): AdapterPayload {
  return {
    kind: "AccessToken",
    jti: claims.jti,
    accountId: claims.sub,
    clientId: claims.client_id,
    grantId: claims.grant_id,
    scope: claims.scope,
    aud: claims.aud,
    iat: claims.iat,
    exp,
    ...(claims.cnf ? { jkt: claims.cnf.jkt } : {}),
  };
}
