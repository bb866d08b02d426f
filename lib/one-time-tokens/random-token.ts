import { createHash, randomBytes } from "node:crypto";

/** A secret for a cookie or a link: 256 random bits as 43 characters of base64url. */
export function newToken(): string {
  return randomBytes(32).toString("base64url");
}

/** What is stored of a token: its SHA-256. A token has 256 random bits, so there is nothing that a slow hash would add. */
export function hashToken(token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash("sha256").update(token).digest());
}
