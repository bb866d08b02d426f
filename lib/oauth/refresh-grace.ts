import { errors } from "oidc-provider";
import { statement } from "#lib/db.ts";
import { endGrantAndWait } from "./end-grant-and-wait.ts";
import { secretHash } from "./secret-hash.ts";
import type { RefreshTokenRow } from "./token-statements.ts";

/** How many refresh tokens one refresh token may become within its grace. */
export const CHILDREN_MAX = 64;

/**
 * Reads a refresh token. PostgreSQL's clock decides whether its grace is over: several processes share the token, and no two have the
 * same clock. The grace counts from the first use, whatever was done with the tokens that came of it (standards REF-04).
 */
export async function findRefreshToken(id: string, graceSeconds: number): Promise<RefreshTokenRow | undefined> {
  const text = `
    SELECT payload, grant_id AS "grantId", expires_at AS "expiresAt", consumed_at AS "consumedAt",
      coalesce(consumed_at <= clock_timestamp() - make_interval(secs => $2), false) AS "isSpent"
    FROM oauth_artifacts WHERE model = 'RefreshToken' AND id_hash = $1`;
  return (await statement<RefreshTokenRow>(text, [secretHash(id), graceSeconds])).rows[0];
}

/**
 * Uses a refresh token. One UPDATE decides: the first use is kept, and each use within the grace counts a child (standards REF-02).
 * @throws InvalidGrant for the 65th child, which ends nothing; and when the grace went by since the library looked, which is reuse
 *   and ends the grant (REF-03).
 */
export async function consumeRefreshToken(id: string, graceSeconds: number): Promise<void> {
  const text = `
    UPDATE oauth_artifacts SET consumed_at = coalesce(consumed_at, clock_timestamp()), children = children + 1
    WHERE model = 'RefreshToken' AND id_hash = $1 AND children < $2
      AND (consumed_at IS NULL OR consumed_at > clock_timestamp() - make_interval(secs => $3))`;
  const { count } = await statement(text, [secretHash(id), CHILDREN_MAX, graceSeconds]);
  if (count > 0) return;
  const token = await findRefreshToken(id, graceSeconds);
  if (token?.isSpent && token.grantId) await endGrantAndWait(token.grantId, "reuse");
  throw new errors.InvalidGrant("refresh token already used");
}
