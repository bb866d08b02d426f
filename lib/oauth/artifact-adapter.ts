import Provider, { type Adapter, type AdapterPayload, errors } from "oidc-provider";
import { db } from "#lib/db.ts";
import { endGrantAndWait } from "./end-grant-and-wait.ts";
import { findRefreshToken, noteRefreshTokenUse, storeRefreshToken } from "./refresh-grace.ts";
import { secretHash } from "./secret-hash.ts";
import { takeRow, tokenKey } from "./token-request-rows.ts";
import { consumeArtifact, findArtifact, storeArtifact } from "./token-statements.ts";

type Row = { payload: unknown; expiresAt: Date; consumedAt: Date | null };

/** Short-lived records: codes, refresh tokens, interactions, sessions, pushed requests, device codes. Looked up by hash. */
export function artifactAdapter(model: string, refreshGraceSeconds: number): Adapter {
  /** Puts the id back, which is not stored. */
  const toPayload = (row: Row | null | undefined, id: string): AdapterPayload | undefined => {
    // A device learns that its code has expired, and not that there was none (RFC 8628 section 3.5); the library compares `exp`.
    if (!row || (row.expiresAt <= new Date() && model !== "DeviceCode")) return undefined;
    const consumed = row.consumedAt ? { consumed: toEpoch(row.consumedAt) } : {};
    return { ...(row.payload as AdapterPayload), jti: id, ...consumed };
  };
  /** Within its grace a used refresh token looks unused. */
  const findRefreshPayload = async (id: string): Promise<AdapterPayload | undefined> => {
    const read = takeRow("token", tokenKey(model, id));
    const token = read ? read.row : await findRefreshToken(id, refreshGraceSeconds);
    return token && toPayload(token.isSpent ? token : { ...token, consumedAt: null }, id);
  };

  return {
    async upsert(id, payload, expiresIn = 0) {
      const { jti: _, ...stored } = payload;
      const { userCode, grantId } = stored;
      const data = {
        payload: stored,
        grantId: isGrantOf(model) ? (grantId ?? null) : null,
        userCode: userCode ? secretHash(userCode) : null,
        expiresAt: new Date(Date.now() + expiresIn * 1000),
      };
      // Of a grant that ended since the library looked at it nothing is kept: what the client is given is refused, as all of it is.
      const artifact = { model, idHash: secretHash(id), ...data };
      if (model === "RefreshToken") await storeRefreshToken(artifact, refreshGraceSeconds);
      else await storeArtifact(artifact);
    },
    async find(id) {
      if (model === "RefreshToken") return await findRefreshPayload(id);
      const read = takeRow("token", tokenKey(model, id));
      return toPayload(read ? read.row : await findArtifact(model, secretHash(id)), id);
    },
    // Asked for sessions alone, of which none is kept.
    findByUid: () => Promise.resolve(undefined),
    async findByUserCode(userCode) {
      const row = await db().oAuthArtifact.findFirst({ where: { model, userCode: secretHash(userCode) } });
      return toPayload(row, "");
    },
    async consume(id) {
      if (model === "RefreshToken") noteRefreshTokenUse(id);
      else await consumeOnce(model, id);
    },
    async destroy(id) {
      await db().oAuthArtifact.deleteMany({ where: { model, idHash: secretHash(id) } });
    },
    async revokeByGrantId(grantId) {
      // Either the client asks for it, or a code or refresh token came a second time.
      const isAsked = Provider.ctx?.oidc.route === "revocation";
      await endGrantAndWait(grantId, isAsked ? "client" : "reuse");
    },
  };
}

/**
 * Uses a code once. The library looks first and consumes later, so two exchanges can meet here; the one that loses ends the grant,
 * the winner's tokens too, since one of the two is not the client (RFC 6749 section 4.1.2).
 */
async function consumeOnce(model: string, id: string): Promise<void> {
  if (await consumeArtifact(model, secretHash(id), new Date())) return;
  const row = await db().oAuthArtifact.findUnique({
    where: { model_idHash: { model, idHash: secretHash(id) } },
    select: { grantId: true },
  });
  const grantId = row?.grantId;
  if (grantId) await endGrantAndWait(grantId, "reuse");
  throw new errors.InvalidGrant("authorization code already used");
}

/** Interactions name a grant too, but do not belong to it. */
function isGrantOf(model: string): boolean {
  return model === "AuthorizationCode" || model === "RefreshToken" || model === "DeviceCode";
}

function toEpoch(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
