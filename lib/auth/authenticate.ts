import { singleton } from "#lib/singleton.ts";
import type { Credential } from "./credential.ts";
import type { Principal } from "./principal.ts";
import { type KeyVerification, type KeyVerifier, verifyKey } from "./verify-key.ts";

/** Who the credential stands for, or why it is refused. A refusal is data, never an exception. */
export type Authentication = { ok: true; principal: Principal } | Extract<KeyVerification, { ok: false }>;

const UNAVAILABLE: Authentication = { ok: false, reason: "unavailable" };
const UNKNOWN: Authentication = { ok: false, reason: "unknown" };
const holder = singleton<{ verifier: KeyVerifier | undefined }>("key-verifier", () => ({ verifier: undefined }));

/** Sets what {@link authenticate} verifies with; start-verification.ts does so. */
export function setVerifier(verifier: KeyVerifier | undefined): void {
  holder.verifier = verifier;
}

/**
 * Verifies a credential. Synchronous when the answer is cached, so that a warm request costs no microtask.
 * Fails closed: before verification has started, everything is `unavailable`.
 * @param nowMs the wall clock, in milliseconds; decides expiry and grace.
 */
export function authenticate(credential: Credential, nowMs = Date.now()): Authentication | Promise<Authentication> {
  const { verifier } = holder;
  if (verifier === undefined) return UNAVAILABLE;
  if (credential.kind === "api_key") return verifyKey(credential.value, verifier, nowMs);
  // Access tokens are not issued yet: whatever looks like one was made by somebody else.
  return UNKNOWN;
}
