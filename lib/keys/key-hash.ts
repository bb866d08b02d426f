import { createHash } from "node:crypto";

/**
 * SHA-256 of the whole key, 32 bytes: what is stored and looked up. A fast hash is right because a key has 256 random bits
 * (standards KEY-04); an equal hash found through a unique index reveals nothing by its timing (KEY-13).
 */
export function keyHash(key: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash("sha256").update(key, "utf8").digest());
}
