import { randomBytes } from "node:crypto";

/** What every refresh token of ours begins with, so that people, scanners and our own log know one when they see it. */
export const REFRESH_TOKEN_PREFIX = "psr_";
const RANDOM_BYTES = 32;

/** A new refresh token: opaque, 256 random bits. Stored as a hash only (RFC 6749 section 10.10; standards REF-10). */
export function newRefreshToken(): string {
  return REFRESH_TOKEN_PREFIX + randomBytes(RANDOM_BYTES).toString("base64url");
}
