import type { Env } from "#lib/env.ts";
import { DEFAULT_SCOPE, SCOPES } from "#lib/scopes.ts";

const IDENTIFIER_MAX = 2_000;

/** What the identifiers of our one resource are made of. */
export type ResourceOrigins = Pick<Env, "apiUrl" | "mcpUrl" | "audience">;

/**
 * The canonical identifier of our protected resource, for every spelling of it that clients send: the origins of the API and of the
 * MCP server, `/mcp`, with or without a slash at the end, in any case of scheme and host, with a query string; or the configured
 * audience. All are one resource (standards RES-01, RES-02).
 * @returns undefined for any other resource.
 */
export function canonicalResource(identifier: string, environment: ResourceOrigins): string | undefined {
  if (identifier.length > IDENTIFIER_MAX || !URL.canParse(identifier) || identifier.includes("#")) return undefined;
  const url = new URL(identifier);
  if (url.username || url.password) return undefined;
  const spelled = url.origin + url.pathname.replace(/\/+$/, "");
  const { apiUrl, mcpUrl, audience } = environment;
  const known = new Set([apiUrl, mcpUrl, `${mcpUrl}/mcp`, audience.replace(/\/+$/, "")]);
  return known.has(spelled) ? audience : undefined;
}

/**
 * The one resource that a token is for, when several were authorized: any of them if all are spellings of ours.
 * @returns all of them when one is not: the provider refuses to choose (RFC 8707 section 2.2).
 */
export function oneResource(identifiers: readonly string[], environment: ResourceOrigins): string | string[] {
  const [first] = identifiers;
  const areOurs = identifiers.every((identifier) => canonicalResource(identifier, environment) !== undefined);
  return first !== undefined && areOurs ? first : [...identifiers];
}

/**
 * What a request for `scope` means: those of ours that it names, in the catalogue's order, full access alone if it is among them;
 * the default when it names none (standards AUT-11; several clients send none, or only OpenID's).
 */
export function effectiveScope(scope: string | undefined): string {
  const asked = new Set((scope ?? "").split(" "));
  if (asked.has("mcp")) return "mcp";
  const known = SCOPES.filter((name) => asked.has(name));
  return known.length > 0 ? known.join(" ") : DEFAULT_SCOPE;
}

/**
 * {@link effectiveScope} in this deployment. Where gateways of the older kind verify the tokens, `scope` must be exactly one of the
 * three, so both halves become full access (standards JWT-09). That widens what was asked, hence before consent: the page shows it.
 */
export function scopeOfRequest(scope: string | undefined, { audience }: Pick<Env, "audience">): string {
  const meant = effectiveScope(scope);
  return isLegacyAudience(audience) && meant.includes(" ") ? "mcp" : meant;
}

/** A bare origin as AUDIENCE is what gateways of the older kind verify. */
export function isLegacyAudience(audience: string): boolean {
  const { pathname, search } = new URL(audience);
  return pathname === "/" && search === "";
}
