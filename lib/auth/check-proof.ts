import { createHash, hash } from "node:crypto";
import { calculateJwkThumbprint, EmbeddedJWK, type JWK, jwtVerify } from "jose";
import { z } from "zod";
import { isFreshNonce, makeProofNonce } from "./proof-nonce.ts";
import type { ProofStore } from "./proof-store.ts";

/** Algorithms of proofs, as challenges and metadata name them. */
export const PROOF_ALGORITHMS = ["EdDSA", "Ed25519", "ES256"];
/** How far the client's clock may be from ours. With a nonce of ours it does not matter. */
const WINDOW_SECONDS = 60;
const PROOF_MAX = 4_096;

/**
 * The outcome of checking a proof, a closed union.
 * - `ok`: good, if it was not used before; `hash` is what {@link markProofUsed} takes.
 * - `invalid_proof`: not a proof of this key for this request and token.
 * - `nonce_needed`: good, but not provably fresh; `nonce` is what the next one must hold.
 * - `unavailable`: the database does not answer. Not a verdict: 503.
 */
export type ProofCheck =
  | { ok: true; hash: Uint8Array<ArrayBuffer> }
  | { ok: false; reason: "invalid_proof" | "unavailable" }
  | { ok: false; reason: "nonce_needed"; nonce: string };
/** Whether this was a proof's first use; `unavailable`: nobody knows, so nobody is let in. */
export type ProofUse = "first" | "replayed_proof" | "unavailable";

export type ProvenRequest = {
  /** The header DPoP; several of them arrive joined by a comma, which no proof holds. */
  proof: string | undefined;
  method: string;
  /** Where the client sent it to, on the configured origin. */
  url: string;
  accessToken: string;
  /** Thumbprint that the token is bound to. */
  proofKey: string;
};

const INVALID: ProofCheck = { ok: false, reason: "invalid_proof" };
const UNAVAILABLE: ProofCheck = { ok: false, reason: "unavailable" };

const claims = z.object({
  jti: z.string().min(1).max(512),
  htm: z.string(),
  htu: z.string(),
  iat: z.number(),
  ath: z.string(),
  nonce: z.string().optional(),
});

/**
 * Checks that whoever sends the token holds the key that it is bound to (RFC 9449 section 4.3): a signed proof for this method,
 * address and token, fresh by its own time or by a nonce of ours. Freshness is enough, so a nonce that somebody else gave out (the
 * authorization server on the same origin does) is no fault in a proof that is fresh anyway. Writes nothing: {@link markProofUsed} must
 * follow, behind the rate limit.
 */
export async function checkProof(request: ProvenRequest, store: ProofStore, nowMs: number): Promise<ProofCheck> {
  const proof = await verifyProof(request, nowMs);
  if (!proof) return INVALID;
  if (Math.abs(nowMs / 1000 - proof.iat) > WINDOW_SECONDS) {
    const key = await store.nonceKey().catch(() => undefined);
    if (key === undefined) return UNAVAILABLE;
    if (proof.nonce === undefined || !isFreshNonce(proof.nonce, key, nowMs)) {
      return { ok: false, reason: "nonce_needed", nonce: makeProofNonce(key, nowMs) };
    }
  }
  // The key is part of it: nobody can use up another one's identifiers.
  const digest = createHash("sha256").update(`${request.proofKey} ${proof.jti}`).digest();
  return { ok: true, hash: new Uint8Array(digest) };
}

/** Uses a checked proof, which counts once over all gateways (RFC 9449 section 11.1). One statement. */
export async function markProofUsed(hash: Uint8Array<ArrayBuffer>, store: ProofStore): Promise<ProofUse> {
  const isFirst = await store.use(hash).catch(() => undefined);
  if (isFirst === undefined) return "unavailable";
  return isFirst ? "first" : "replayed_proof";
}

type Proof = { jti: string; iat: number; nonce?: string | undefined };

async function verifyProof(request: ProvenRequest, nowMs: number): Promise<Proof | undefined> {
  const { proof, method, url, accessToken, proofKey } = request;
  if (proof === undefined || proof.length > PROOF_MAX) return undefined;
  try {
    // EmbeddedJWK takes public keys of the algorithm alone; jose refuses what `crit` names and does not know.
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
      algorithms: PROOF_ALGORITHMS,
      typ: "dpop+jwt",
      currentDate: new Date(nowMs),
    });
    if ((await calculateJwkThumbprint(protectedHeader.jwk as JWK, "sha256")) !== proofKey) return undefined;
    const { htm, htu, ath, jti, iat, nonce } = claims.parse(payload);
    const here = address(url);
    const isHere = here !== undefined && address(htu) === here;
    const isForThis = htm === method && isHere && ath === hash("sha256", accessToken, "base64url");
    return isForThis ? { jti, iat, nonce } : undefined;
  } catch {
    // jose and zod throw for every fault of a proof, and read nothing but the proof.
    return undefined;
  }
}

/** Without query and fragment, normalized (RFC 9449 section 4.3, item 9); undefined for what is no address. */
function address(text: string): string | undefined {
  const url = URL.parse(text);
  if (!url) return undefined;
  url.search = "";
  url.hash = "";
  return url.href;
}
