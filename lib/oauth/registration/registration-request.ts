import { createHash } from "node:crypto";
import { cleanText } from "#lib/foreign-text.ts";
import { newId } from "#lib/ids.ts";

/**
 * What a registration may say (RFC 7591 section 2). All else is ignored: extensions that mean nothing here, and whatever only this
 * server may decide, such as ids, secrets, and rights (standards REG-04, REG-14).
 */
const FIELDS = [
  "redirect_uris",
  "client_name",
  "client_uri",
  "logo_uri",
  "policy_uri",
  "tos_uri",
  "grant_types",
  "response_types",
  "scope",
  "application_type",
  "token_endpoint_auth_method",
  "token_endpoint_auth_signing_alg",
  "jwks",
  "jwks_uri",
  "require_pushed_authorization_requests",
  "dpop_bound_access_tokens",
] as const;
/** Those whose order means nothing. */
const SETS = new Set<string>(["redirect_uris", "grant_types", "response_types"]);

export type RegistrationRequest = { [Field in (typeof FIELDS)[number]]?: unknown };

/** The part of a registration's body that counts. A null is as good as nothing; a name is cleaned for display. */
export function registrationRequest(body: Readonly<Record<string, unknown>>): RegistrationRequest {
  const known: RegistrationRequest = {};
  for (const field of FIELDS) {
    if (Object.hasOwn(body, field) && body[field] !== null) known[field] = body[field];
  }
  // Too long is refused later, so nothing is cut here.
  if (typeof known.client_name === "string") known.client_name = cleanText(known.client_name, Number.POSITIVE_INFINITY);
  if (known.client_name === "") delete known.client_name;
  // The standard's default is the code alone, and such a client would have to ask its person every hour.
  known.grant_types ??= ["authorization_code", "refresh_token"];
  return known;
}

/**
 * The id of the client that a registration makes. Identical registrations of public clients have the same id, so that they are one
 * client and one row, whichever of them came first (standards REG-08): an installation that registers again, or a thousand of them,
 * add nothing. Confidential clients never share, since they have a secret. No id begins with `https://` (standards PRE-02).
 */
export function registeredClientId(request: RegistrationRequest): string {
  if (request.token_endpoint_auth_method !== "none") return `psc_${newId()}`;
  const parts = FIELDS.filter((field) => field !== "scope").map((field) => {
    const value = request[field];
    return SETS.has(field) && Array.isArray(value) ? value.map(String).toSorted() : (value ?? null);
  });
  return `psc_${createHash("sha256").update(JSON.stringify(parts)).digest("base64url")}`;
}

/** Whether the client made itself known by registering, so that nobody has checked what it says of itself. */
export function isSelfRegistered(id: string): boolean {
  return id.startsWith("psc_");
}

/** Whether the client is shared by all who registered identically: then none of them may change or delete it. */
export function isSharedClientId(id: string): boolean {
  return /^psc_[\w-]{43}$/.test(id);
}
