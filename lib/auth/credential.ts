import type { IncomingHttpHeaders } from "node:http";
import { KEY_PREFIX } from "#lib/keys/key-format.ts";

/** An unverified credential. A `psy_` value is never tried as a token. Without `scheme` it came as Bearer. */
export type Credential = { kind: "api_key" | "access_token"; value: string; scheme?: "DPoP" };

/**
 * What the headers carry:
 * - `none`: no credential;
 * - `malformed`: an Authorization header that is no Bearer credential (RFC 6750 section 2.1) and no token with the scheme DPoP;
 * - `conflicting`: two credentials in one request (RFC 6750 section 2), whichever they are;
 * - `not_expanded`: the literal text of the variable, which clients send when they do not fill it in.
 */
export type ParsedCredential =
  | { ok: true; credential: Credential }
  | { ok: false; reason: "none" | "malformed" | "conflicting" | "not_expanded" };

const CREDENTIAL_MAX = 4096;
const NONE: ParsedCredential = { ok: false, reason: "none" };
const MALFORMED: ParsedCredential = { ok: false, reason: "malformed" };
const CONFLICTING: ParsedCredential = { ok: false, reason: "conflicting" };
const NOT_EXPANDED: ParsedCredential = { ok: false, reason: "not_expanded" };

/**
 * Reads the credential of a request from its headers, and from nowhere else: tokens in a query string or a form body are not
 * looked at (OAuth 2.1 section 5.2.1). The scheme is case-insensitive, spaces around the credential are ignored (RFC 9110
 * section 11.1). `X-Pensyve-Key`, which old clients send, counts when there is no Authorization header.
 * @param rawHeaders as Node gives them: Node keeps only the first of several Authorization headers in `headers`.
 */
export function parseCredential(headers: IncomingHttpHeaders, rawHeaders: readonly string[]): ParsedCredential {
  const { authorization } = headers;
  const legacy = headers["x-pensyve-key"];
  if (authorization === undefined) return legacy === undefined ? NONE : fromLegacyHeader(legacy);
  if (countAuthorization(rawHeaders) > 1) return CONFLICTING;
  const value = bearerValue(authorization);
  if (value === undefined) {
    const bound = boundCredential(authorization);
    return bound.ok && legacy !== undefined ? CONFLICTING : bound;
  }
  if (legacy !== undefined && legacy !== value) return CONFLICTING;
  return credential(value);
}

function fromLegacyHeader(header: string | string[]): ParsedCredential {
  if (typeof header !== "string") return CONFLICTING;
  const value = header.trim();
  return isToken68(value) || value === "${PENSYVE_API_KEY}" ? credential(value) : MALFORMED;
}

function credential(value: string): ParsedCredential {
  if (value === "${PENSYVE_API_KEY}") return NOT_EXPANDED;
  return { ok: true, credential: { kind: value.startsWith(KEY_PREFIX) ? "api_key" : "access_token", value } };
}

function bearerValue(header: string): string | undefined {
  // How nearly everybody writes it; what is not exactly so is looked at with patience below.
  if (header.startsWith("Bearer ")) {
    const value = header.slice(7);
    // A JWT is long: what is warm needs no look at each character, and what is not is read by token-form.ts, which is stricter.
    const isJwt =
      value.startsWith("eyJ") && value.length <= CREDENTIAL_MAX && !value.includes(" ") && !value.includes(",");
    if (isJwt || isToken68(value)) return value;
  }
  const value = behindScheme(header, "bearer");
  return value !== undefined && (isToken68(value) || value === "${PENSYVE_API_KEY}") ? value : undefined;
}

/** A token that is bound to a key (RFC 9449 section 7.1); API keys never are. */
function boundCredential(header: string): ParsedCredential {
  const value = behindScheme(header, "dpop");
  if (value === undefined || !isToken68(value) || value.startsWith(KEY_PREFIX)) return MALFORMED;
  return { ok: true, credential: { kind: "access_token", value, scheme: "DPoP" } };
}

/** What follows the scheme, whatever its case and the spaces around. */
function behindScheme(header: string, scheme: string): string | undefined {
  const text = header.trim();
  const space = text.indexOf(" ");
  if (space !== scheme.length || text.slice(0, space).toLowerCase() !== scheme) return undefined;
  return text.slice(space + 1).trim();
}

/** b64token of RFC 6750 section 2.1, plus nothing: a comma would be a folded second header, a space a second credential. */
const TOKEN68 = /^[A-Za-z0-9._~+/=-]+$/;

function isToken68(value: string): boolean {
  return value.length <= CREDENTIAL_MAX && TOKEN68.test(value);
}

function countAuthorization(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    // How nearly everybody writes it: to change the case of a text costs more than all else here.
    if (name === "Authorization" || (name?.length === 13 && name.toLowerCase() === "authorization")) count += 1;
  }
  return count;
}
