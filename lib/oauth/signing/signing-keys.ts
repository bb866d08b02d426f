import { createPublicKey, generateKeyPairSync, type JsonWebKey } from "node:crypto";
import { calculateJwkThumbprint, type JWK } from "jose";
import { db, inTransaction, type Tx } from "#lib/db.ts";
import type { Env } from "#lib/env.ts";
import { publish } from "#lib/events.ts";
import type { Prisma } from "#lib/generated/prisma/client.ts";
import { log } from "#lib/log.ts";
import { StartError } from "#lib/start-error.ts";
import { openKey, sealKey } from "./sealed-key.ts";

/** How long others may cache the key set: a new key is published for this long before it signs. */
export const JWKS_CACHE_SECONDS = 300;

type Row = Prisma.SigningKeyModel;
/**
 * - `next`: published, signs nothing yet.
 * - `current`: signs. There is always exactly one.
 * - `retired`: signs nothing any more, verifies until `retiresAt`.
 */
export type SigningKeyState = "next" | "current" | "retired";
export type SigningKeyView = {
  kid: string;
  state: SigningKeyState;
  createdAt: Date;
  signsFrom: Date;
  /** From then on its tokens are refused; null while no other key takes its place. */
  retiresAt: Date | null;
  /** The public key as SPKI PEM, for gateways that are configured with one. */
  pem: string;
};
/** What the authorization server of a process runs on. */
export type SigningKeys = {
  /** The kid that signs. */
  kid: string;
  /** Private keys for oidc-provider: the one that signs first, since it takes the first; then all others, since all are published. */
  jwks: JWK[];
  /** When the set changes by itself: a key starts to sign, or is gone. */
  changesAt: Date | undefined;
};

/**
 * Makes the signing keys usable at the start of an authorization server: makes one if there is none (of processes that start at
 * once, one does), and encrypts those that only SECRET_PREVIOUS opens under SECRET.
 * @throws StartError when neither opens one of them.
 */
export async function prepareSigningKeys(environment: Env, now = new Date()): Promise<void> {
  const resealed = await inTransaction(async (tx) => {
    const rows = await lockSigningKeys(tx, now);
    if (rows.length === 0) await insertSigningKey(tx, environment, now, now);
    const old = openAll(rows, environment).filter((key) => key.sealedWith === "SECRET_PREVIOUS");
    for (const { kid, jwk } of old) {
      await tx.signingKey.update({ where: { kid }, data: { privateJwk: sealKey(jwk, kid, environment) } });
    }
    return old.length;
  });
  if (resealed > 0) log.info("The signing keys are encrypted under SECRET now", { keys: resealed });
}

/** @throws StartError when neither SECRET nor SECRET_PREVIOUS opens one of them; Error when there is none. */
export async function loadSigningKeys(environment: Env, now = new Date()): Promise<SigningKeys> {
  const rows = await aliveKeys(db(), now);
  const kid = signerOf(rows, now)?.kid;
  if (!kid) throw new Error("There is no signing key: start an authorization server, which makes one.");
  const opened = openAll(rows, environment).toSorted((a, b) => Number(b.kid === kid) - Number(a.kid === kid));
  const times = rows.flatMap((row) => [row.signsFrom, ...(row.retiresAt ? [row.retiresAt] : [])]);
  const changesAt = times.filter((time) => time > now).sort((a, b) => a.getTime() - b.getTime())[0];
  return { kid, jwks: opened.map(({ jwk }) => jwk), changesAt };
}

/** Every key whose tokens are not refused, newest first; needs no SECRET. */
export async function listSigningKeys(now = new Date()): Promise<SigningKeyView[]> {
  const rows = await aliveKeys(db(), now);
  const current = signerOf(rows, now)?.kid;
  return rows.map(({ kid, publicJwk, createdAt, signsFrom, retiresAt }) => ({
    kid,
    state: kid === current ? "current" : signsFrom > now ? "next" : "retired",
    createdAt,
    signsFrom,
    retiresAt,
    pem: createPublicKey({ key: publicJwk as JsonWebKey, format: "jwk" })
      .export({ type: "spki", format: "pem" })
      .toString(),
  }));
}

/** The keys that are not gone, newest first, with the lock that every change of the set takes: one process at a time. */
export async function lockSigningKeys(tx: Tx, now: Date): Promise<Row[]> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(7293002)`;
  return await aliveKeys(tx, now);
}

/** Inserts a new Ed25519 key, its private half encrypted under SECRET, and tells every process. @returns its kid (RFC 7638) */
export async function insertSigningKey(tx: Tx, environment: Env, createdAt: Date, signsFrom: Date): Promise<string> {
  const pair = generateKeyPairSync("ed25519");
  const publicPart = pair.publicKey.export({ format: "jwk" });
  const kid = await calculateJwkThumbprint(publicPart as JWK);
  const facts = { kid, use: "sig", alg: "EdDSA" };
  const privateJwk = sealKey({ ...pair.privateKey.export({ format: "jwk" }), ...facts } as JWK, kid, environment);
  const publicJwk = { ...publicPart, ...facts } as Prisma.InputJsonObject;
  await tx.signingKey.create({ data: { kid, publicJwk, privateJwk, createdAt, signsFrom } });
  await publish(tx, { type: "signing_key.changed", userId: null, subjectId: kid });
  return kid;
}

/** Decrypts them all. @throws StartError naming the first that neither SECRET nor SECRET_PREVIOUS opens. */
export function openAll(rows: readonly Row[], environment: Env) {
  return rows.map(({ kid, privateJwk }) => {
    const opened = openKey(privateJwk, kid, environment);
    if (!opened) throw new StartError(unreadable(kid));
    return { kid, ...opened };
  });
}

function unreadable(kid: string): string {
  return (
    `The signing key ${kid} cannot be decrypted: SECRET (without it, DATA_DIR/secret) is not the one it was made with. ` +
    "Start with that one, or name it in SECRET_PREVIOUS. If it is lost: signing-key rotate --now --discard-unreadable."
  );
}

/** The newest that may sign. A clock that is behind may know of none; then the oldest, which every other process has used. */
function signerOf(newestFirst: readonly Row[], now: Date): Row | undefined {
  return newestFirst.find((row) => row.signsFrom <= now) ?? newestFirst.at(-1);
}

function aliveKeys(client: Pick<Tx, "signingKey">, now: Date): Promise<Row[]> {
  return client.signingKey.findMany({
    where: { OR: [{ retiresAt: null }, { retiresAt: { gt: now } }] },
    orderBy: [{ signsFrom: "desc" }, { createdAt: "desc" }, { kid: "desc" }],
  });
}
