import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { JWK } from "jose";
import type { Env } from "#lib/env.ts";
import { derivePreviousSecret, deriveSecret } from "#lib/secret.ts";

const PURPOSE = "signing-keys";
const IV_BYTES = 12;
const TAG_BYTES = 16;

export type OpenedKey = { jwk: JWK; sealedWith: "SECRET" | "SECRET_PREVIOUS" };

/** Encrypts a private key under SECRET: AES-256-GCM. The kid is authenticated, so a row cannot be swapped for another. */
export function sealKey(jwk: JWK, kid: string, environment: Env): Uint8Array<ArrayBuffer> {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv("aes-256-gcm", Buffer.from(deriveSecret(PURPOSE, environment), "base64url"), iv).setAAD(
    Buffer.from(kid),
  );
  const sealed = Buffer.concat([cipher.update(JSON.stringify(jwk), "utf8"), cipher.final()]);
  return new Uint8Array(Buffer.concat([iv, cipher.getAuthTag(), sealed]));
}

/** Decrypts what {@link sealKey} made with SECRET or SECRET_PREVIOUS; undefined for anything else, another kid's row included. */
export function openKey(stored: Uint8Array, kid: string, environment: Env): OpenedKey | undefined {
  const jwk = decrypt(stored, kid, deriveSecret(PURPOSE, environment));
  if (jwk) return { jwk, sealedWith: "SECRET" };
  const previous = derivePreviousSecret(PURPOSE, environment);
  const old = previous && decrypt(stored, kid, previous);
  return old ? { jwk: old, sealedWith: "SECRET_PREVIOUS" } : undefined;
}

function decrypt(stored: Uint8Array, kid: string, secret: string): JWK | undefined {
  const key = Buffer.from(secret, "base64url");
  const bytes = Buffer.from(stored);
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(kid))
      .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    const text = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
    return JSON.parse(text.toString("utf8")) as JWK;
  } catch {
    // GCM says no more than that: another key, another kid, or bytes that were changed.
    return undefined;
  }
}
