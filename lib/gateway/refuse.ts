import { challenge, proofChallenge } from "#lib/auth/challenge.ts";
import { PROOF_ALGORITHMS } from "#lib/auth/check-proof.ts";
import { scopeTogether } from "#lib/scopes.ts";
import type { Challenges, Exchange } from "./exchange.ts";
import { answerError } from "./respond.ts";

/** The challenges that belong to the address that was asked. */
export function challengesFor({ gateway, isMcp }: Exchange): Challenges {
  return isMcp ? gateway.challenges.mcp : gateway.challenges.rest;
}

/**
 * 403 that names the scope which would do (RFC 6750 section 3.1). A key gets the scope of another key. A token's client asks for
 * what is named and nothing else, if it is of a revision before 2026-07-28, so the answer to a token names what it has beside: then
 * stepping up loses nothing. Clients that add up by themselves arrive at the same.
 */
export function insufficientScope(exchange: Exchange, scope: string, message?: string): void {
  const { resourceMetadata } = challengesFor(exchange);
  const { principal } = exchange;
  const isToken = principal?.kind === "access_token";
  const asked = isToken ? scopeTogether(principal.scope, scope) : scope;
  const headers = ["WWW-Authenticate", challenge({ kind: "insufficient_scope", resourceMetadata, scope: asked })];
  if (isToken && principal.proofKey !== undefined) {
    const bound = { algorithms: PROOF_ALGORITHMS, resourceMetadata, scope: asked };
    headers.push("WWW-Authenticate", proofChallenge({ error: "insufficient_scope", ...bound }));
  }
  const advice = isToken ? "Ask for that scope beside the ones you have." : "Use a key with that scope.";
  answerError(exchange, "insufficient_scope", {
    message: message ?? `This needs the scope ${scope}. ${advice}`,
    headers,
  });
}

/** The challenges of a gateway: one set for REST, one for MCP, whose metadata documents differ (RFC 9728 section 3.1). */
export function makeChallenges(origin: string, path: string): Challenges {
  const resourceMetadata = `${origin}/.well-known/oauth-protected-resource${path}`;
  const dpop = ["WWW-Authenticate", proofChallenge({ algorithms: PROOF_ALGORITHMS })];
  const bearer = (kind: "none" | "invalid_token" | "invalid_request", scope?: string) => [
    "WWW-Authenticate",
    challenge({ kind, resourceMetadata, scope }),
  ];
  return {
    resourceMetadata,
    none: [...bearer("none", "mcp"), ...dpop],
    invalidToken: [...bearer("invalid_token"), ...dpop],
    invalidRequest: bearer("invalid_request"),
  };
}
