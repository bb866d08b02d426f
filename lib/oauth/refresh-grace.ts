import type { IncomingMessage } from "node:http";
import Provider, { errors, type KoaContextWithOIDC } from "oidc-provider";
import { statement } from "#lib/db.ts";
import { endGrantAndWait } from "./end-grant-and-wait.ts";
import { secretHash } from "./secret-hash.ts";
import { type NewArtifact, type RefreshTokenRow, replaceRefreshToken, storeArtifact } from "./token-statements.ts";

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

const uses = new WeakMap<IncomingMessage, string>();

/**
 * Notes that this request uses a refresh token. Nothing is written yet: {@link storeRefreshToken} does it together with the token that
 * replaces this one, and {@link refuseUnreplaced} sees to it that no answer leaves without.
 */
export function noteRefreshTokenUse(id: string): void {
  const request = Provider.ctx?.req;
  if (!request) throw new Error("A refresh token is used outside of a request.");
  uses.set(request, id);
}

/** Stores a refresh token: the first of a grant, or the one that replaces the token which this request uses. @throws as {@link replaceUsed} */
export async function storeRefreshToken(artifact: NewArtifact, graceSeconds: number): Promise<void> {
  const request = Provider.ctx?.req;
  const used = request && uses.get(request);
  if (!request || used === undefined) return await storeArtifact(artifact);
  uses.delete(request);
  await replaceUsed(used, artifact, graceSeconds);
}

/**
 * Uses a refresh token and stores its child, in one statement.
 * @throws InvalidGrant for the 65th child, which ends nothing; and when the grace went by since the library looked, which is reuse
 *   and ends the grant (standards REF-03).
 */
export async function replaceUsed(used: string, child: NewArtifact, graceSeconds: number): Promise<void> {
  if (await replaceRefreshToken(secretHash(used), child, CHILDREN_MAX, graceSeconds)) return;
  const token = await findRefreshToken(used, graceSeconds);
  if (token?.isSpent && token.grantId) await endGrantAndWait(token.grantId, "reuse");
  throw new errors.InvalidGrant("refresh token already used");
}

/** A middleware: an answer to a request whose refresh token was not written down as used would let it be used for ever. */
export async function refuseUnreplaced(ctx: KoaContextWithOIDC, next: () => Promise<unknown>): Promise<void> {
  await next();
  if (ctx.status === 200 && uses.has(ctx.req)) throw new Error("A refresh token was used and not replaced.");
}
