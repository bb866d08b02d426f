import { createHmac, timingSafeEqual } from "node:crypto";
import { deriveSecret } from "#lib/secret.ts";

/**
 * What the form of a consent page carries, so that an answer counts only from the page that this session was shown for this
 * request (standards AUT-15). Single use comes from the request itself, which takes one answer.
 */
export function consentToken(sessionId: string, uid: string): string {
  return createHmac("sha256", deriveSecret("consent-form")).update(`${sessionId}\n${uid}`).digest("base64url");
}

/** Whether `token` is the one of this session and request; constant in time. */
export function isConsentToken(token: string, sessionId: string, uid: string): boolean {
  const expected = Buffer.from(consentToken(sessionId, uid));
  const given = Buffer.from(token);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
