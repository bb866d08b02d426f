import { createHash } from "node:crypto";

/** SHA-256 of a token, code or secret: all that is stored of it. They carry at least 128 random bits, so a fast hash is right. */
export function secretHash(secret: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash("sha256").update(secret, "utf8").digest());
}
