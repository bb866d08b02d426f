import { createCipheriv, createDecipheriv, generateKeyPairSync, randomBytes } from "node:crypto";
import { calculateJwkThumbprint, type JWK } from "jose";
import type { Actor } from "#lib/audit/actor.ts";
import { recordAudit } from "#lib/audit/record-audit.ts";
import { db, inTransaction, type Tx } from "#lib/db.ts";
import { act } from "#lib/events/act.ts";
import { publish } from "#lib/events.ts";
import { deriveSecret } from "#lib/secret.ts";

/** How long others may cache the key set: a new key is published for this long before it signs. */
export const JWKS_CACHE_SECONDS = 300;
const SKEW_SECONDS = 5;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** `public` signs nothing yet, or no longer; the newest of those that may sign does. */
export type SigningKeyView = {
  kid: string;
  state: "next" | "current" | "retired";
  createdAt: Date;
  signsFrom: Date;
  retiresAt: Date | null;
};
type PrivateKey = { kid: string; jwk: JWK };

/** Makes sure that there is a key to sign with. Of processes that start at once, one makes it. */
export async function ensureSigningKey(now = new Date()): Promise<void> {
  await inTransaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(7293002)`;
    const alive = await tx.signingKey.count({ where: { OR: [{ retiresAt: null }, { retiresAt: { gt: now } }] } });
    if (alive === 0) await insertKey(tx, now, now);
  });
}

/**
 * Makes a new key, published at once and signing after the cache time; the ones before sign until then and verify until no token
 * of theirs can be alive. One transaction: rows, audit row, event; then waits until every process has the new set.
 */
export async function rotateSigningKey(
  actor: Actor,
  accessTokenSeconds: number,
  now = new Date(),
): Promise<{ kid: string }> {
  const { result } = await act(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(7293002)`;
    const signsFrom = new Date(now.getTime() + JWKS_CACHE_SECONDS * 1000);
    const retiresAt = new Date(signsFrom.getTime() + (accessTokenSeconds + SKEW_SECONDS) * 1000);
    await tx.signingKey.updateMany({ where: { retiresAt: null }, data: { retiresAt } });
    const kid = await insertKey(tx, now, signsFrom);
    await recordAudit(tx, actor, { action: "signing_key.rotated", target: { type: "signing_key", id: kid } }, now);
    await publish(tx, { type: "signing_key.changed", userId: null, subjectId: kid });
    return { kid };
  });
  return result;
}

/** Every key that is not gone, newest first. */
export async function listSigningKeys(now = new Date()): Promise<SigningKeyView[]> {
  const rows = await aliveKeys(now);
  const current = rows.find((row) => row.signsFrom <= now);
  return rows.map(({ kid, createdAt, signsFrom, retiresAt }) => ({
    kid,
    state: kid === current?.kid ? "current" : signsFrom > now ? "next" : "retired",
    createdAt,
    signsFrom,
    retiresAt,
  }));
}

/** Private keys for oidc-provider: the one that signs first, then all others, since all are published. @throws when SECRET cannot decrypt one. */
export async function loadSigningKeys(now = new Date()): Promise<PrivateKey[]> {
  const rows = await aliveKeys(now);
  const current = rows.find((row) => row.signsFrom <= now);
  const ordered = [...rows].sort((a, b) => Number(b.kid === current?.kid) - Number(a.kid === current?.kid));
  return ordered.map((row) => ({ kid: row.kid, jwk: decrypt(row.privateJwk, row.kid) }));
}

/** When the set changes by itself next: a key starts to sign, or is gone. */
export async function nextKeyChange(now = new Date()): Promise<Date | undefined> {
  const times = (await aliveKeys(now)).flatMap((row) => [row.signsFrom, ...(row.retiresAt ? [row.retiresAt] : [])]);
  return times.filter((time) => time > now).sort((a, b) => a.getTime() - b.getTime())[0];
}

function aliveKeys(now: Date) {
  return db().signingKey.findMany({
    where: { OR: [{ retiresAt: null }, { retiresAt: { gt: now } }] },
    orderBy: [{ signsFrom: "desc" }, { kid: "desc" }],
  });
}

async function insertKey(tx: Tx, createdAt: Date, signsFrom: Date): Promise<string> {
  const pair = generateKeyPairSync("ed25519");
  const publicPart = pair.publicKey.export({ format: "jwk" });
  const kid = await calculateJwkThumbprint(publicPart as JWK);
  const facts = { kid, use: "sig", alg: "EdDSA" };
  const privateJwk = encrypt({ ...pair.privateKey.export({ format: "jwk" }), ...facts } as JWK, kid);
  await tx.signingKey.create({
    data: { kid, publicJwk: { ...publicPart, ...facts } as object, privateJwk, createdAt, signsFrom },
  });
  return kid;
}

/** AES-256-GCM; the kid is authenticated, so a row cannot be swapped for another. */
function encrypt(jwk: JWK, kid: string): Uint8Array<ArrayBuffer> {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv("aes-256-gcm", encryptionKey(), iv).setAAD(Buffer.from(kid));
  const sealed = Buffer.concat([cipher.update(JSON.stringify(jwk), "utf8"), cipher.final()]);
  return new Uint8Array(Buffer.concat([iv, cipher.getAuthTag(), sealed]));
}

function decrypt(stored: Uint8Array, kid: string): JWK {
  const bytes = Buffer.from(stored);
  const decipher = createDecipheriv("aes-256-gcm", encryptionKey(), bytes.subarray(0, IV_BYTES))
    .setAAD(Buffer.from(kid))
    .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  try {
    const text = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString(
      "utf8",
    );
    return JSON.parse(text) as JWK;
  } catch (cause) {
    throw new Error(
      `The signing key ${kid} cannot be decrypted: SECRET is not the one it was made with. Start with that SECRET.`,
      { cause },
    );
  }
}

function encryptionKey(): Buffer {
  return Buffer.from(deriveSecret("signing-keys"), "base64url");
}
