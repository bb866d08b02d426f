import { db } from "#lib/db.ts";
import { secretHash } from "./secret-hash.ts";

/**
 * Uses the `jti` of an assertion or proof by `issuer` once, until `expiresAt` (seconds since the epoch). One statement decides, so of
 * two that arrive together one is refused; the library looks first and writes later (RFC 7523 section 3; standards TOK-11).
 * @returns whether this was the first use.
 */
export async function isFirstUse(issuer: string, jti: string, expiresAt: number): Promise<boolean> {
  const hash = secretHash(JSON.stringify([issuer, jti]));
  const count = await db().$executeRaw`
    INSERT INTO oauth_artifacts (model, id_hash, payload, expires_at)
    VALUES ('ReplayDetection', ${hash}, '{}', to_timestamp(${expiresAt}))
    ON CONFLICT (model, id_hash) DO UPDATE SET expires_at = excluded.expires_at
    WHERE oauth_artifacts.expires_at <= clock_timestamp()`;
  return count > 0;
}
