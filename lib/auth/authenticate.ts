import { singleton } from "#lib/singleton.ts";
import type { Credential } from "./credential.ts";
import type { Principal } from "./principal.ts";
import { type TokenVerification, type TokenVerifier, verifyAccessToken } from "./verify-access-token.ts";
import { type KeyVerification, type KeyVerifier, verifyKey } from "./verify-key.ts";

/** Who the credential stands for, or why it is refused. A refusal is data, never an exception. */
export type Authentication =
  | { ok: true; principal: Principal }
  | Extract<KeyVerification | TokenVerification, { ok: false }>;

const UNAVAILABLE: Authentication = { ok: false, reason: "unavailable" };
type Verifiers = { keys: KeyVerifier; tokens: TokenVerifier };
const holder = singleton<{ verifiers: Verifiers | undefined }>("verifiers", () => ({ verifiers: undefined }));

/** Sets what {@link authenticate} verifies with; start-verification.ts does so. */
export function setVerifiers(verifiers: Verifiers | undefined): void {
  holder.verifiers = verifiers;
}

/**
 * Verifies a credential. Synchronous when the answer is cached, so that a warm request costs no microtask.
 * Fails closed: before verification has started, everything is `unavailable`.
 * @param nowMs the wall clock, in milliseconds; decides expiry and grace.
 * @param monotonicMs the monotonic clock at the same moment; decides how long what is cached is believed.
 */
export function authenticate(
  credential: Credential,
  nowMs = Date.now(),
  monotonicMs = performance.now(),
): Authentication | Promise<Authentication> {
  const { verifiers } = holder;
  if (verifiers === undefined) return UNAVAILABLE;
  return credential.kind === "api_key"
    ? verifyKey(credential.value, verifiers.keys, nowMs, monotonicMs)
    : verifyAccessToken(credential.value, verifiers.tokens, nowMs, monotonicMs);
}
