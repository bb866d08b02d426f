import { proofChallenge } from "#lib/auth/challenge.ts";
import { checkProof, PROOF_ALGORITHMS, type ProofCheck } from "#lib/auth/check-proof.ts";
import type { Credential } from "#lib/auth/credential.ts";
import type { AccessTokenPrincipal } from "#lib/auth/principal.ts";
import type { Exchange } from "./exchange.ts";
import { challengesFor } from "./refuse.ts";
import { answerError } from "./respond.ts";
import type { GatewaySettings } from "./settings.ts";

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/**
 * Whether the sender of a verified token holds the key that it is bound to. A bound token as Bearer, and another token with the
 * scheme DPoP, are not good (RFC 9449 sections 7.1 and 7.2): `unbound`.
 */
export function proveKey(
  exchange: Exchange,
  { value, scheme }: Credential,
  { proofKey }: AccessTokenPrincipal,
): Promise<ProofCheck | { ok: false; reason: "unbound" }> {
  if (proofKey === undefined || scheme !== "DPoP") return Promise.resolve({ ok: false, reason: "unbound" });
  const { request, gateway, method, path, isMcp, nowMs } = exchange;
  const { dpop } = request.headers;
  const proven = {
    proof: typeof dpop === "string" ? dpop : undefined,
    method,
    url: `${originAsked(request.headers.host ?? "", isMcp, gateway.settings)}${path}`,
    accessToken: value,
    proofKey,
  };
  return checkProof(proven, gateway.proofs, nowMs);
}

/** Answers a proof that is not good; the challenge is DPoP's alone, since the client speaks it (RFC 9449 sections 7.1 and 9). */
export function refuseProof(exchange: Exchange, nonce?: string): void {
  const error = nonce === undefined ? "invalid_dpop_proof" : "use_dpop_nonce";
  const { resourceMetadata } = challengesFor(exchange);
  const headers = ["WWW-Authenticate", proofChallenge({ error, algorithms: PROOF_ALGORITHMS, resourceMetadata })];
  if (nonce !== undefined) headers.push("DPoP-Nonce", nonce);
  const message =
    nonce === undefined
      ? "The DPoP proof is not valid. Sign a new one for this method, this address and this token."
      : "The DPoP proof is not fresh. Sign a new one that holds the nonce in DPoP-Nonce.";
  answerError(exchange, "invalid_token", { message, headers });
}

/** The configured origin with the host that was asked. The front door lets loopback names pass that stand for a configured one. */
function originAsked(host: string, isMcp: boolean, { mcpUrl, apiUrl, publicUrl }: GatewaySettings): string {
  const origins = [mcpUrl, apiUrl, publicUrl].map((origin) => new URL(origin));
  const known = origins.find((origin) => origin.host === host.toLowerCase());
  if (known) return known.origin;
  const asked = URL.parse(`http://${host}`);
  const isAlias = origins.some(
    ({ hostname, port, protocol }) =>
      protocol === "http:" && LOOPBACK.includes(hostname) && port === asked?.port && LOOPBACK.includes(asked.hostname),
  );
  if (isAlias && asked) return asked.origin;
  return isMcp ? mcpUrl : apiUrl;
}
