import { hash, type KeyObject } from "node:crypto";
import { errors, jwtVerify } from "jose";
import { z } from "zod";
import { db } from "#lib/db.ts";
import { isId } from "#lib/ids.ts";
import type { CredentialCache } from "./credential-cache.ts";
import type { AccessTokenPrincipal } from "./principal.ts";

/** The same for every time claim (standards JWT-04). */
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
  /** The public key of a `kid`; undefined when it is not ours. @throws when the database does not answer. */
  findPublicKey(kid: string): Promise<KeyObject | undefined>;
  /** Whether the grant is alive and its user enabled. @throws when the database does not answer. */
  isGrantAlive(principal: AccessTokenPrincipal): Promise<boolean>;
};

const EXPIRED: TokenVerification = { ok: false, reason: "expired" };
const REFUSED: TokenVerification = { ok: false, reason: "revoked" };
const READS_MAX = 5;

const claims = z.object({
  sub: z.string().refine(isId),
  client_id: z.string().min(1),
  grant_id: z.string().refine(isId),
  jti: z.string().min(1),
  iat: z.number(),
  exp: z.number(),
  aud: z.string(),
  // A token without scope has no permission; it is not full access (standards JWT-07).
  scope: z.string().default(""),
});

/**
 * Verifies a JWT access token (RFC 9068 section 4): EdDSA only, bound to the key, `at+jwt` only, issuer and audience equal to ours,
 * and a live grant of an enabled user. Answers from memory while that is trusted; the cache is keyed by the whole token, its
 * signature included.
 */
export function verifyAccessToken(
  value: string,
  verifier: TokenVerifier,
  nowMs: number,
): TokenVerification | Promise<TokenVerification> {
  const digest = hash("sha256", value, "base64url");
  const monotonicMs = performance.now();
  if (verifier.isTrusted(monotonicMs)) {
    const cached = verifier.cache.get(digest, monotonicMs);
    if (cached !== undefined) return nowMs < cached.worksUntilMs ? cached : EXPIRED;
    if (verifier.cache.isRefused(digest, monotonicMs)) return REFUSED;
  }
  verifier.cache.counters.misses += 1;
  return verifyAnew(value, digest, verifier, nowMs);
}

async function verifyAnew(
  value: string,
  digest: string,
  verifier: TokenVerifier,
  nowMs: number,
): Promise<TokenVerification> {
  const signed = await verifySignature(value, verifier, nowMs);
  if (!signed.ok) return signed;
  const { principal, expiresAtMs } = signed;
  for (let read = 1; ; read += 1) {
    const generation = verifier.cache.generation();
    const trusted = verifier.isTrusted();
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

type Signed =
  | { ok: true; principal: AccessTokenPrincipal; expiresAtMs: number }
  | Extract<TokenVerification, { ok: false }>;

async function verifySignature(value: string, verifier: TokenVerifier, nowMs: number): Promise<Signed> {
  try {
    const { payload } = await jwtVerify(
      value,
      async ({ kid }) => {
        const key = typeof kid === "string" ? await verifier.findPublicKey(kid) : undefined;
        if (!key) throw new errors.JWKSNoMatchingKey();
        return key;
      },
      {
        issuer: verifier.issuer,
        audience: verifier.audience,
        algorithms: ["EdDSA", "Ed25519"],
        typ: "at+jwt",
        clockTolerance: SKEW_SECONDS,
        currentDate: new Date(nowMs),
        requiredClaims: ["iat", "exp", "jti", "sub", "client_id", "grant_id"],
      },
    );
    const parsed = claims.safeParse(payload);
    if (!parsed.success || parsed.data.iat > nowMs / 1000 + SKEW_SECONDS) return { ok: false, reason: "malformed" };
    const { sub, client_id, grant_id, scope, exp } = parsed.data;
    const principal: AccessTokenPrincipal = Object.freeze({
      kind: "access_token",
      userId: sub,
      scope,
      clientId: client_id,
      grantId: grant_id,
    });
    return { ok: true, principal, expiresAtMs: (exp + SKEW_SECONDS) * 1000 };
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
  const grant = await db().oAuthGrant.findFirst({
    where: { id: grantId, userId, clientId, revokedAt: null, user: { disabledAt: null } },
    select: { id: true },
  });
  return grant !== null;
}
