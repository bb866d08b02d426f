import { chown, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { connectDatabase, db, disconnectDatabase } from "#lib/db.ts";
import type { Prisma } from "#lib/generated/prisma/client.ts";
import { newId } from "#lib/ids.ts";
import { generateKey, shownPrefix } from "#lib/keys/key-format.ts";
import { keyHash } from "#lib/keys/key-hash.ts";
import { migrate } from "#lib/migrate.ts";
import { initCluster, startCluster } from "#lib/postgres/cluster.ts";

/** nobody: PostgreSQL does not run as root. */
const NOBODY = { uid: 65_534, gid: 65_534 };
const USERS = 50;

export type BenchDatabase = { url: string; keys: string[]; tokens: string[]; stop(): Promise<void> };
/** Access tokens to make: how many, and whose they are; their audience is the issuer's `/mcp`. */
type TokensWanted = { count: number; issuer: string };

/** Starts a PostgreSQL of its own in `folder` with keys and access tokens of 50 users, each token of a grant of its own. */
export async function startBenchDatabase(
  folder: string,
  keyCount: number,
  tokensWanted: TokensWanted = { count: 0, issuer: "" },
): Promise<BenchDatabase> {
  const identity = process.getuid?.() === 0 ? NOBODY : undefined;
  if (identity) await chown(folder, identity.uid, identity.gid);
  const options = { dataDir: join(folder, "pg"), socketDir: join(folder, "s"), password: "bench", identity };
  await mkdir(options.socketDir, { mode: 0o700 });
  await initCluster(options);
  const cluster = await startCluster(options);
  await migrate(cluster.config);
  connectDatabase(cluster.config);
  const users = Array.from({ length: USERS }, () => newId());
  await db().user.createMany({ data: users.map((id) => ({ id, email: `${id}@example.org` })) });
  const keys = await insertKeys(users, keyCount);
  const tokens = await makeTokens(users, tokensWanted);
  await disconnectDatabase();
  const { user, password, database } = cluster.config;
  return {
    url: `postgresql://${user}:${password}@localhost/${database}?host=${encodeURIComponent(options.socketDir)}`,
    keys,
    tokens,
    stop: () => cluster.stop(),
  };
}

async function insertKeys(users: readonly string[], count: number): Promise<string[]> {
  const keys = Array.from({ length: count }, () => generateKey());
  await db().apiKey.createMany({
    data: keys.map((key, index) => ({
      id: newId(),
      userId: users[index % USERS] ?? "",
      name: `bench ${index}`,
      scope: "mcp",
      hash: keyHash(key),
      prefix: shownPrefix(key),
    })),
  });
  return keys;
}

/** Tokens as the authorization server makes them. A gateway needs the public half of their key alone. */
async function makeTokens(users: readonly string[], { count, issuer }: TokensWanted): Promise<string[]> {
  if (count === 0) return [];
  const { publicKey, privateKey } = await generateKeyPair("EdDSA", { extractable: true });
  const publicJwk = { ...(await exportJWK(publicKey)) } as Prisma.InputJsonObject;
  const now = new Date();
  await db().signingKey.create({ data: { kid: "bench", publicJwk, privateJwk: new Uint8Array(), signsFrom: now } });
  const expiresAt = new Date(now.getTime() + 86_400_000);
  const grants = Array.from({ length: count }, (_, index) => ({
    id: newId(),
    userId: users[index % users.length] ?? "",
    clientId: "psc_bench",
    clientName: `bench ${index}`,
    trust: "unverified",
    scope: "mcp",
    payload: {},
    redeemedAt: now,
    expiresAt,
  }));
  await db().oAuthGrant.createMany({ data: grants });
  return await Promise.all(
    grants.map(({ id, userId, clientId, scope }) =>
      new SignJWT({ client_id: clientId, grant_id: id, scope })
        .setProtectedHeader({ alg: "EdDSA", typ: "at+jwt", kid: "bench" })
        .setIssuer(issuer)
        .setAudience(`${issuer}/mcp`)
        .setSubject(userId)
        .setIssuedAt()
        .setJti(newId())
        .setExpirationTime(expiresAt)
        .sign(privateKey),
    ),
  );
}
