import type { BrowserAnswer, BrowserQuestion } from "../src/ask-browser.ts";
import type { Fetch } from "../src/ask-json.ts";

export const SERVER = "https://memory.example.org";
export const LIFETIME_MS = 3_600_000;

type Grant = { refreshToken: string; isRevoked: boolean };

/**
 * The other side of a sign-in, for what a real server does not do on demand: every refresh token works once and is refused ever after
 * (no grace), answers can be held back, and the server can be unreachable or failing.
 */
export class AuthorizationDouble {
  readonly grants: Grant[] = [];
  readonly requests: URLSearchParams[] = [];
  readonly revoked: string[] = [];
  issuer = SERVER;
  /** Instead of an answer of the token endpoint. */
  fault: "unreachable" | "unavailable" | undefined;
  /** Waited for before the token endpoint answers; it has decided by then. */
  hold: Promise<void> | undefined;
  #count = 0;

  readonly fetch: Fetch = async (input, init) => {
    const { pathname } = new URL(String(input));
    if (pathname === "/.well-known/oauth-protected-resource/mcp") {
      return Response.json({ resource: `${SERVER}/mcp`, authorization_servers: [this.issuer] });
    }
    if (pathname === "/.well-known/oauth-authorization-server") return Response.json(this.metadata());
    const form = new URLSearchParams(String(init?.body));
    if (pathname === "/oauth/revoke") return this.#revoke(form);
    if (pathname !== "/oauth/token") return Response.json({ error: "not_found" }, { status: 404 });
    if (this.fault === "unreachable") throw new TypeError("fetch failed");
    if (this.fault === "unavailable") return Response.json({ error: "temporarily_unavailable" }, { status: 503 });
    this.requests.push(form);
    const answer = this.#token(form);
    await this.hold;
    return answer;
  };

  metadata(): Record<string, unknown> {
    return {
      issuer: this.issuer,
      authorization_endpoint: `${this.issuer}/oauth/authorize`,
      token_endpoint: `${this.issuer}/oauth/token`,
      revocation_endpoint: `${this.issuer}/oauth/revoke`,
      code_challenge_methods_supported: ["S256"],
      scopes_supported: ["mcp", "mcp:read", "mcp:write", "offline_access"],
    };
  }

  /** A person who allows everything. */
  readonly allow = async ({ state, urlFor }: BrowserQuestion): Promise<BrowserAnswer> => {
    const redirectUri = "http://127.0.0.1:4711/callback";
    this.requests.push(new URL(urlFor(redirectUri)).searchParams);
    const answer = new URLSearchParams({ code: "code", state, iss: this.issuer });
    return { redirectUri, address: new URL(`${redirectUri}?${answer}`) };
  };

  /** As on Connected apps. */
  withdraw(): void {
    for (const grant of this.grants) grant.isRevoked = true;
  }

  #token(form: URLSearchParams): Response {
    const isCode = form.get("grant_type") === "authorization_code";
    const grant = isCode
      ? this.#newGrant()
      : this.grants.find((each) => each.refreshToken === form.get("refresh_token"));
    if (!grant || grant.isRevoked) return Response.json({ error: "invalid_grant" }, { status: 400 });
    this.#count += 1;
    grant.refreshToken = `refresh-${this.#count}`;
    return Response.json({
      access_token: `access-${this.#count}`,
      refresh_token: grant.refreshToken,
      token_type: "Bearer",
      expires_in: LIFETIME_MS / 1_000,
      scope: "mcp",
    });
  }

  #newGrant(): Grant {
    const grant = { refreshToken: "", isRevoked: false };
    this.grants.push(grant);
    return grant;
  }

  #revoke(form: URLSearchParams): Response {
    const token = form.get("token") ?? "";
    this.revoked.push(token);
    for (const grant of this.grants) if (grant.refreshToken === token) grant.isRevoked = true;
    return new Response(null, { status: 200 });
  }
}
