import { hash, type KeyObject } from "node:crypto";
import { errors, jwtVerify } from "jose";
import { z } from "zod";
import { statement } from "#lib/db.ts";
import { isId } from "#lib/ids.ts";
import type { CredentialCache } from "./credential-cache.ts";
import type { AccessTokenPrincipal } from "./principal.ts";
import { hasTokenForm, TOKEN_ALGORITHMS } from "./token-form.ts";

/** The same for `exp`, `nbf` and `iat` (standards JWT-04). */
const SKEW_SECONDS = 5;

/**
 * The outcome of verifying an access token, a closed union; the wire says the same for all but the last.
 * - `malformed`: no JWT of ours by form, header or claims.
 * - `bad_signature`, `wrong_issuer`, `wrong_audience`, `expired`: as they say.
 * - `revoked`: its grant ended, or its user is disabled or gone.
 * - `unavailable`: the database does not answer. Not a verdict on the token: 503.
 */
export type TokenVerification =
  | { ok: true; principal: AccessTokenPrincipal }
  | {
      ok: false;
      reason: "malformed" | "bad_signature" | "wrong_issuer" | "wrong_audience" | "expired" | "revoked" | "unavailable";
    };

export type TokenVerifier = {
  issuer: string;
  audience: string;
  cache: CredentialCache<AccessTokenPrincipal>;
  /** Whether every change has been heard up to now; see lib/events/listener.ts. */
  isTrusted(monotonicMs?: number): boolean;
  /** The public key of a `kid`; undefined when it is not ours. See public-keys.ts. @throws when the database does not answer. */
  findPublicKey(kid: string, isTrusted: boolean): Promise<KeyObject | undefined>;
  /** Whether the grant is alive and its user enabled. @throws when the database does not answer. */
  isGrantAlive(principal: AccessTokenPrincipal): Promise<boolean>;
};

const MALFORMED: TokenVerification = { ok: false, reason: "malformed" };
const EXPIRED: TokenVerification = { ok: false, reason: "expired" };
const REFUSED: TokenVerification = { ok: false, reason: "revoked" };
const READS_MAX = 5;

const claimsSchema = z.object({
  sub: z.string().refine(isId),
  client_id: z.string().min(1),
  grant_id: z.string().refine(isId),
  jti: z.string().min(1),
  iat: z.number(),
  exp: z.number(),
  // One token, one audience: an array would be good for others too (RFC 8725 section 3.9).
  aud: z.string(),
  // A token without scope has no permission; it is not full access (standards JWT-07).
  scope: z.string().default(""),
  // Strict: a token that is bound to something else than a proof key is not good without it.
  cnf: z.strictObject({ jkt: z.string().min(1) }).optional(),
});

/**
 * Verifies a JWT access token (RFC 9068 section 4): EdDSA only, bound to the key, `at+jwt` only, issuer and audience equal to ours,
 * and a live grant of an enabled user. Answers from memory while that is trusted; the cache is keyed by the whole token, its
 * signature included. When an event arrives during the verification, signature and grant are looked at again. A token that is bound
 * to a key (`principal.proofKey`) is not good alone: the caller must check the proof, see check-proof.ts.
 */
export function verifyAccessToken(
  value: string,
  verifier: TokenVerifier,
  nowMs: number,
  monotonicMs = performance.now(),
): TokenVerification | Promise<TokenVerification> {
  const digest = hash("sha256", value, "base64url");
  if (verifier.isTrusted(monotonicMs)) {
    const cached = verifier.cache.get(digest, monotonicMs);
    if (cached !== undefined) return nowMs < cached.worksUntilMs ? cached : EXPIRED;
    if (verifier.cache.isRefused(digest, monotonicMs)) return REFUSED;
  }
  if (!hasTokenForm(value)) return MALFORMED;
  verifier.cache.counters.misses += 1;
  return verifyAnew(value, digest, verifier, nowMs);
}

async function verifyAnew(
  value: string,
  digest: string,
  verifier: TokenVerifier,
  nowMs: number,
): Promise<TokenVerification> {
  for (let read = 1; ; read += 1) {
    const generation = verifier.cache.generation();
    const trusted = verifier.isTrusted();
    const signed = await verifySignature(value, verifier, trusted, nowMs);
    if (!signed.ok) return signed;
    const { principal, expiresAtMs } = signed;
    const alive = await verifier.isGrantAlive(principal).catch(() => undefined);
    if (alive === undefined) return { ok: false, reason: "unavailable" };
    if (generation !== verifier.cache.generation() && read < READS_MAX) continue;
    const monotonicMs = performance.now();
    const mayStore = trusted && verifier.isTrusted(monotonicMs);
    if (!alive) {
      if (mayStore) verifier.cache.refuse(digest, monotonicMs, generation);
      return REFUSED;
    }
    const entry = { ok: true as const, principal, worksUntilMs: expiresAtMs, storedAtMs: monotonicMs };
    if (mayStore) verifier.cache.set(digest, entry, generation);
    return entry;
  }
}

export type AccessTokenClaims = z.infer<typeof claimsSchema>;
type Signed =
  | { ok: true; principal: AccessTokenPrincipal; claims: AccessTokenClaims; expiresAtMs: number }
  | Extract<TokenVerification, { ok: false }>;

/** Everything about a token of our form that needs no look at its grant: signature, issuer, audience, times, claims. Never throws. */
export async function verifySignature(
  value: string,
  verifier: Pick<TokenVerifier, "issuer" | "audience" | "findPublicKey">,
  isTrusted: boolean,
  nowMs: number,
): Promise<Signed> {
  try {
    const { payload } = await jwtVerify(
      value,
      async ({ kid }) => {
        const key = typeof kid === "string" ? await verifier.findPublicKey(kid, isTrusted) : undefined;
        if (!key) throw new errors.JWKSNoMatchingKey();
        return key;
      },
      {
        issuer: verifier.issuer,
        audience: verifier.audience,
        algorithms: TOKEN_ALGORITHMS,
        typ: "at+jwt",
        clockTolerance: SKEW_SECONDS,
        currentDate: new Date(nowMs),
        requiredClaims: ["iat", "exp", "jti", "sub", "client_id", "grant_id"],
      },
    );
    const parsed = claimsSchema.safeParse(payload);
    if (!parsed.success || parsed.data.iat > nowMs / 1000 + SKEW_SECONDS) return { ok: false, reason: "malformed" };
    const { sub, client_id, grant_id, scope, exp, cnf } = parsed.data;
    const principal: AccessTokenPrincipal = Object.freeze({
      kind: "access_token",
      userId: sub,
      scope,
      clientId: client_id,
      grantId: grant_id,
      ...(cnf ? { proofKey: cnf.jkt } : {}),
    });
    return { ok: true, principal, claims: parsed.data, expiresAtMs: (exp + SKEW_SECONDS) * 1000 };
  } catch (error) {
    return { ok: false, reason: reasonOf(error) };
  }
}

function reasonOf(error: unknown): Extract<TokenVerification, { ok: false }>["reason"] {
  if (error instanceof errors.JWTExpired) return "expired";
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === "iss") return "wrong_issuer";
    return error.claim === "aud" ? "wrong_audience" : "malformed";
  }
  if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JWKSNoMatchingKey)
    return "bad_signature";
  return error instanceof errors.JOSEError ? "malformed" : "unavailable";
}

/** {@link TokenVerifier.isGrantAlive} on the database. */
export async function isGrantAlive({ grantId, userId, clientId }: AccessTokenPrincipal): Promise<boolean> {
  // The last token of a grant may outlive it by its own life; it does not work for longer than the consent.
  const text = `
    SELECT 1 FROM oauth_grants AS g JOIN users AS u ON u.id = g.user_id
    WHERE g.id = $1 AND g.user_id = $2 AND g.client_id = $3 AND g.revoked_at IS NULL AND g.expires_at > $4
      AND u.disabled_at IS NULL`;
  return (await statement(text, [grantId, userId, clientId, new Date()])).count > 0;
}
