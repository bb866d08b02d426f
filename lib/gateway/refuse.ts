import { challenge } from "#lib/auth/challenge.ts";
import type { Challenges, Exchange } from "./exchange.ts";
import { answerError } from "./respond.ts";

/** The challenges that belong to the address that was asked. */
export function challengesFor({ gateway, isMcp }: Exchange): Challenges {
  return isMcp ? gateway.challenges.mcp : gateway.challenges.rest;
}

/** 403 that names the scope which would do (RFC 6750 section 3.1; MCP step-up). */
export function insufficientScope(exchange: Exchange, scope: string, message?: string): void {
  const { resourceMetadata } = challengesFor(exchange);
  answerError(exchange, "insufficient_scope", {
    message: message ?? `This needs the scope ${scope}. Use a key with that scope.`,
    headers: ["WWW-Authenticate", challenge({ kind: "insufficient_scope", resourceMetadata, scope })],
  });
}

/** The challenges of a gateway: one set for REST, one for MCP, whose metadata documents differ (RFC 9728 section 3.1). */
export function makeChallenges(origin: string, path: string): Challenges {
  const resourceMetadata = `${origin}/.well-known/oauth-protected-resource${path}`;
  return {
    resourceMetadata,
    none: challenge({ kind: "none", resourceMetadata, scope: "mcp" }),
    invalidToken: challenge({ kind: "invalid_token", resourceMetadata }),
    invalidRequest: challenge({ kind: "invalid_request", resourceMetadata }),
  };
}
