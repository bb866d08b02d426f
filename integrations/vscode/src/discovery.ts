import { askJson, type Fetch } from "./ask-json.ts";
import { Refusal } from "./refusals.ts";
import { isLoopback, isSafeToAsk } from "./server-address.ts";

/** What signing in needs to know of a server. */
export type AuthorizationServer = {
  issuer: string;
  authorizationEndpoint: string;
  tokenEndpoint: string;
  revocationEndpoint: string | undefined;
  /** The resource indicator, which is also the address of the MCP server (RFC 8707). */
  resource: string;
  /** Whether it names `offline_access`, the scope that asks for a refresh token. */
  hasOfflineAccess: boolean;
};

/**
 * Finds the authorization server of `server`: the metadata of the protected resource names it (RFC 9728), and its own metadata
 * names its endpoints (RFC 8414).
 * @throws Refusal when a document is missing, is another's than the one asked for, or names an address that is not safe
 */
export async function discover(fetch: Fetch, server: string): Promise<AuthorizationServer> {
  const resource = await read(fetch, wellKnown("oauth-protected-resource", `${server}/mcp`));
  const described = safe(server, resource["resource"]);
  if (!isSameResource(described, `${server}/mcp`)) throw elsewhere(server, described);
  const issuer = strings(resource["authorization_servers"])[0];
  if (issuer === undefined) throw unusable(server, "it names no authorization server");
  const metadata = await read(fetch, wellKnown("oauth-authorization-server", safe(server, issuer)));
  // RFC 8414 section 3.3: another issuer's document is a mix-up, whoever made it.
  if (metadata["issuer"] !== issuer) throw unusable(server, "its metadata is another server's");
  if (!strings(metadata["code_challenge_methods_supported"]).includes("S256")) {
    throw unusable(server, "it does not support PKCE with S256");
  }
  const revocationEndpoint = metadata["revocation_endpoint"];
  return {
    issuer,
    authorizationEndpoint: safe(server, metadata["authorization_endpoint"]),
    tokenEndpoint: safe(server, metadata["token_endpoint"]),
    revocationEndpoint: revocationEndpoint === undefined ? undefined : safe(server, revocationEndpoint),
    resource: described,
    hasOfflineAccess: strings(metadata["scopes_supported"]).includes("offline_access"),
  };
}

/** The well-known part goes between host and path (RFC 8414 section 3.1, RFC 9728 section 3.1). */
function wellKnown(name: string, address: string): string {
  const { origin, pathname } = new URL(address);
  return `${origin}/.well-known/${name}${pathname === "/" ? "" : pathname}`;
}

async function read(fetch: Fetch, url: string): Promise<Record<string, unknown>> {
  const { status, body } = await askJson(fetch, url);
  if (status === 200) return body;
  const { origin } = new URL(url);
  throw new Refusal(`${origin} offers no sign-in (HTTP ${status}). Use an API key instead.`, "sign_in_with_key");
}

function safe(server: string, url: unknown): string {
  if (typeof url === "string" && URL.canParse(url) && isSafeToAsk(new URL(url))) return url;
  throw unusable(server, "it names an address that is missing or not https");
}

function unusable(server: string, reason: string): Refusal {
  return new Refusal(`Signing in to ${server} is not possible: ${reason}. Use an API key instead.`, "sign_in_with_key");
}

/**
 * RFC 9728 section 3.3: a server that describes another resource would get tokens for that one, and could use them there. Only the
 * names of this computer stand for each other.
 */
function isSameResource(described: string, asked: string): boolean {
  const [one, other] = [new URL(described), new URL(asked)];
  const isSamePlace = one.origin === other.origin || (isLoopback(one) && isLoopback(other) && one.port === other.port);
  return isSamePlace && one.pathname === other.pathname;
}

function elsewhere(server: string, described: string): Refusal {
  const address = described.replace(/\/mcp$/, "");
  return new Refusal(`${server} says that it is ${address}. Set pensyve.serverUrl to that address.`, "open_settings");
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}
