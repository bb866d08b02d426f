import { generateKeyPairSync } from "node:crypto";
import { type JWTPayload, SignJWT } from "jose";
import { db } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";

const HOUR_MS = 3_600_000;

export type TokenSigner = (claims: JWTPayload, header?: Readonly<Record<string, unknown>>) => Promise<string>;

/**
 * A signing key of the server whose private half the test has: what it signs has a good signature, whatever the claims say. The
 * server itself signs with another, and never reads the private half stored here.
 */
export async function tokenSigner(now = new Date()): Promise<TokenSigner> {
  const kid = newId();
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const publicJwk = { ...publicKey.export({ format: "jwk" }), kid, use: "sig", alg: "EdDSA" };
  const longAgo = new Date(now.getTime() - 48 * HOUR_MS);
  const retiresAt = new Date(now.getTime() + 24 * HOUR_MS);
  const privateJwk = new Uint8Array(0);
  await db().signingKey.create({
    data: { kid, publicJwk, privateJwk, createdAt: longAgo, signsFrom: longAgo, retiresAt },
  });
  return (claims, header = {}) =>
    new SignJWT(claims).setProtectedHeader({ alg: "EdDSA", typ: "at+jwt", kid, ...header }).sign(privateKey);
}
