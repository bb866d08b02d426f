import type { Env } from "#lib/env.ts";
import { DEFAULT_SCOPE, SCOPES } from "#lib/scopes.ts";

type Origins = Pick<Env, "apiUrl" | "mcpUrl" | "audience">;

/**
 * The canonical identifier of our protected resource, for every spelling of it that clients send: the origins of the API and of the
 * MCP server, `/mcp`, with or without a slash at the end, in any case of scheme and host, with a query string; or the configured
 * audience. All are one resource (standards RES-01, RES-02).
 * @returns undefined for any other resource.
 */
export function canonicalResource(identifier: string, environment: Origins): string | undefined {
  if (!URL.canParse(identifier) || identifier.includes("#")) return undefined;
  const url = new URL(identifier);
  if (url.username || url.password) return undefined;
  const spelled = url.origin + url.pathname.replace(/\/+$/, "");
  const { apiUrl, mcpUrl, audience } = environment;
  const known = new Set([apiUrl, mcpUrl, `${mcpUrl}/mcp`, audience.replace(/\/+$/, "")]);
  return known.has(spelled) ? audience : undefined;
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
