import type { IncomingMessage, ServerResponse } from "node:http";
import { PROOF_ALGORITHMS } from "../auth/check-proof.ts";
import type { Env } from "../env.ts";
import { DEFAULT_SCOPE } from "../scopes.ts";
import { respondError, respondText } from "./respond.ts";

/** Where protected-resource metadata begins (RFC 9728 section 3). */
export const PROTECTED_RESOURCE = "/.well-known/oauth-protected-resource";

/** For what any web page may read: no cookie is looked at there. `*` does not cover Authorization (Fetch, section 3.2.3). */
export const ANY_ORIGIN = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Headers": "Authorization, Content-Type, Accept, DPoP, MCP-Protocol-Version, *",
  "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, DELETE, OPTIONS",
  "Access-Control-Expose-Headers": "WWW-Authenticate, Retry-After, DPoP-Nonce, *",
} as const;
const CACHE_SECONDS = 300;

/**
 * Serves the protected-resource metadata of the MCP server (suffix `/mcp`) and of the host's root, from the configuration: the
 * host that was asked only chooses which configured origin is described (RFC 9728 section 3.3; standards PRM-01 to PRM-11).
 * Any other suffix is 404.
 */
export function serveProtectedResource(
  environment: Env,
  host: string,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { method } = request;
  const suffix = path.slice(PROTECTED_RESOURCE.length);
  const metadata = protectedResourceMetadata(suffix, originOf(host, environment), environment);
  if (method === "OPTIONS") respondText(response, 204, "", ANY_ORIGIN);
  else if (!metadata) respondError(response, "not_found", ANY_ORIGIN);
  else if (method !== "GET" && method !== "HEAD") {
    respondError(response, "method_not_allowed", { Allow: "GET, HEAD, OPTIONS", ...ANY_ORIGIN });
  } else {
    const cached = { "Cache-Control": `public, max-age=${CACHE_SECONDS}` };
    respondText(response, 200, JSON.stringify(metadata), {
      "Content-Type": "application/json",
      ...ANY_ORIGIN,
      ...cached,
    });
  }
}

/**
 * The protected-resource metadata for a path suffix on one of our origins; undefined for a suffix that names no resource.
 * `resource` equals the URL that the document's address was derived from; `scopes_supported` is what a first connection should
 * ask for, not the catalogue (standards PRM-02, PRM-05).
 */
export function protectedResourceMetadata(
  suffix: string,
  origin: string,
  { publicUrl, mcpUrl }: Pick<Env, "publicUrl" | "mcpUrl">,
): object | undefined {
  if (suffix !== "" && suffix !== "/mcp") return undefined;
  return {
    resource: suffix === "/mcp" ? `${mcpUrl}/mcp` : origin,
    authorization_servers: [publicUrl],
    scopes_supported: [DEFAULT_SCOPE],
    bearer_methods_supported: ["header"],
    dpop_signing_alg_values_supported: PROOF_ALGORITHMS,
    resource_name: "Pensyve",
  };
}

/** The configured origin with this host; a loopback name that is not configured stands for the MCP server's. */
function originOf(host: string, { publicUrl, apiUrl, mcpUrl }: Env): string {
  return [mcpUrl, apiUrl, publicUrl].find((origin) => new URL(origin).host === host) ?? mcpUrl;
}
