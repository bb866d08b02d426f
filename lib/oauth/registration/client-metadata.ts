import { errors } from "oidc-provider";
import { redirectUriFault } from "#lib/clients/redirect-uri.ts";
import type { Env } from "#lib/env.ts";
import { cleanText } from "#lib/foreign-text.ts";
import { isSelfRegistered } from "./registration-request.ts";

const DEVICE_GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code";
const GRANT_TYPES = ["authorization_code", "refresh_token"];
const REDIRECTS_MAX = 20;
const REDIRECT_LENGTH_MAX = 2_000;
const NAME_MAX = 200;
/** What registration may set of the addresses that a page could show. They are never loaded, and never links unless https. */
const ADDRESSES = ["client_uri", "logo_uri", "policy_uri", "tos_uri"] as const;

type Metadata = Record<string, unknown>;

/**
 * Makes client metadata acceptable in place, for every kind of client: what real clients send beside the standard is let pass or
 * left out (standards REG-03 to REG-06, CIM-09, CIM-10), what is dangerous is refused. Idempotent.
 * @throws InvalidRedirectUri, InvalidClientMetadata (RFC 7591 section 3.2.2)
 */
export function acceptClientMetadata(metadata: Metadata, { deviceFlow }: Pick<Env, "deviceFlow">): void {
  const uris = strings(metadata["redirect_uris"]);
  if (uris.length > REDIRECTS_MAX)
    throw new errors.InvalidClientMetadata(`register at most ${REDIRECTS_MAX} redirect_uris`);
  for (const uri of uris) checkRedirectUri(uri);
  // One loopback or private-scheme address makes it a native client, whatever it calls itself: then any loopback port matches.
  if (uris.some((uri) => new URL(uri).protocol !== "https:")) metadata["application_type"] = "native";
  const mayUse = new Set(GRANT_TYPES);
  if (mayUseDeviceGrant(metadata["client_id"], deviceFlow)) mayUse.add(DEVICE_GRANT_TYPE);
  const asked = strings(metadata["grant_types"]);
  const grantTypes = asked.filter((type) => mayUse.has(type));
  // To let it pass as it is would give it what it may not have.
  if (asked.length > 0 && grantTypes.length === 0) {
    throw new errors.InvalidClientMetadata(`grant_types must name one of ${[...mayUse].join(", ")}`);
  }
  if (grantTypes.length > 0) metadata["grant_types"] = grantTypes;
  const responseTypes = strings(metadata["response_types"]).filter((type) => type === "code");
  if (responseTypes.length > 0) metadata["response_types"] = responseTypes;
  // Scopes are decided at consent; what a registration asks for is neither a limit nor a right.
  delete metadata["scope"];
  // It would be fetched, to no use: subjects are the same for all clients.
  delete metadata["sector_identifier_uri"];
  for (const name of ADDRESSES) if (!isHttps(metadata[name])) delete metadata[name];
  const name = metadata["client_name"];
  if (name === undefined) return;
  if (typeof name !== "string" || name.length > NAME_MAX) {
    throw new errors.InvalidClientMetadata(`client_name must be text of at most ${NAME_MAX} characters`);
  }
  const clean = cleanText(name, NAME_MAX);
  if (clean === "") delete metadata["client_name"];
  else metadata["client_name"] = clean;
}

/**
 * Whether the client may use the device grant. One that registered itself says who it is without any proof, which is what phishing
 * with device codes needs: it may only where the operator says so (RFC 8628 section 5.4; standards DEV-05).
 */
export function mayUseDeviceGrant(clientId: unknown, policy: Env["deviceFlow"]): boolean {
  return policy === "open" || (policy === "known" && !isSelfRegistered(String(clientId)));
}

/** @throws InvalidRedirectUri for what {@link redirectUriFault} names. */
export function checkRedirectUri(uri: string): void {
  const fault = uri.length > REDIRECT_LENGTH_MAX ? "an entry is too long" : redirectUriFault(uri);
  if (fault === undefined) return;
  const error = new errors.InvalidRedirectUri();
  // The library's own words are about requests, whatever it is given.
  error.error_description = `redirect_uris: ${fault}`;
  throw error;
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === "string") : [];
}

function isHttps(value: unknown): boolean {
  return typeof value === "string" && URL.canParse(value) && new URL(value).protocol === "https:";
}
