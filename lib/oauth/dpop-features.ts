import type { Configuration } from "oidc-provider";
import type { Env } from "#lib/env.ts";
import { deriveSecret } from "#lib/secret.ts";
import { isFirstUse } from "./replay-detection.ts";

/** The library takes proofs that are dated so far ahead. */
const WINDOW_SECONDS = 300;

/**
 * Tokens that are bound to a key of the client (RFC 9449), for clients that send a proof. A nonce is asked for only of a client
 * whose clock is wrong; nonces are made from the secret, so every process accepts those of another.
 */
export function dpopFeatures(environment: Env): Pick<NonNullable<Configuration["features"]>, "dPoP"> {
  return { dPoP: { enabled: true, nonceSecret: Buffer.from(deriveSecret("dpop-nonces", environment), "base64url") } };
}

/**
 * {@link isFirstUse}, remembered for longer: the library would forget a proof that is dated ahead while it still takes it
 * (RFC 9449 section 11.1).
 */
export function isFirstUseOfProof(issuer: string, jti: string, expiresAt: number): Promise<boolean> {
  return isFirstUse(issuer, jti, expiresAt + WINDOW_SECONDS);
}
