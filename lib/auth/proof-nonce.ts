import { createHmac, timingSafeEqual } from "node:crypto";

const STEP_MS = 60_000;
/** A nonce is good for at least this many steps after the one that it was made in. */
const STEPS_MAX = 4;
const STEP_BYTES = 4;
const MAC_BYTES = 16;

/**
 * A nonce for proofs (RFC 9449 section 9): the minute it was made in, and its HMAC. Nothing is remembered, so every gateway that has
 * the key accepts what another one gave out.
 */
export function makeProofNonce(key: Uint8Array, nowMs: number): string {
  return encode(key, Math.floor(nowMs / STEP_MS));
}

/** Whether `nonce` was made with this key in the last four to five minutes; one minute ahead, since clocks differ. Constant time. */
export function isFreshNonce(nonce: string, key: Uint8Array, nowMs: number): boolean {
  const bytes = Buffer.from(nonce, "base64url");
  if (bytes.length !== STEP_BYTES + MAC_BYTES) return false;
  const step = bytes.readUInt32BE();
  const age = Math.floor(nowMs / STEP_MS) - step;
  const expected = Buffer.from(encode(key, step));
  const given = Buffer.from(nonce);
  return age >= -1 && age <= STEPS_MAX && given.length === expected.length && timingSafeEqual(given, expected);
}

function encode(key: Uint8Array, step: number): string {
  const head = Buffer.alloc(STEP_BYTES);
  head.writeUInt32BE(step);
  const mac = createHmac("sha256", key).update("dpop-nonce").update(head).digest().subarray(0, MAC_BYTES);
  return Buffer.concat([head, mac]).toString("base64url");
}
