import { errors, type KoaContextWithOIDC } from "oidc-provider";

/** Each `jti` is remembered until its assertion ends: those of a client with a long-lived one would be for ever. */
const LIFETIME_SECONDS_MAX = 600;

/**
 * What an assertion that authenticates a client must be beside what the library checks: for us alone, and short-lived (RFC 7523
 * section 3; standards TOK-11).
 * @throws InvalidClientAuth
 */
export function checkClientAssertion(ctx: KoaContextWithOIDC, claims: Readonly<Record<string, unknown>>): void {
  const { aud, exp } = claims;
  const audiences = Array.isArray(aud) ? aud : [aud];
  if (audiences.length !== 1 || audiences[0] !== ctx.oidc.issuer) {
    throw new errors.InvalidClientAuth("aud must be the issuer, and nothing beside it");
  }
  if (typeof exp !== "number" || exp > Date.now() / 1_000 + LIFETIME_SECONDS_MAX) {
    throw new errors.InvalidClientAuth(`exp must be at most ${LIFETIME_SECONDS_MAX} s ahead`);
  }
}
