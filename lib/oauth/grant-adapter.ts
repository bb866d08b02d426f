import type { Adapter } from "oidc-provider";
import { limitActs } from "#lib/audit/limit-acts.ts";
import { recordAudit } from "#lib/audit/record-audit.ts";
import { db, inTransaction } from "#lib/db.ts";
import type { Prisma } from "#lib/generated/prisma/client.ts";
import { claimAnswer } from "./consent/consent-answer.ts";
import { currentConsent } from "./consent/current-consent.ts";
import { narrowerGrant } from "./consent/narrower-grant.ts";
import { endGrantAndWait } from "./end-grant-and-wait.ts";
import { takeRow } from "./token-request-rows.ts";
import { findAliveGrant } from "./token-statements.ts";

/** Grants: made at consent, with the audit row in the same transaction; found while they are alive. */
export function grantAdapter(): Adapter {
  return {
    async upsert(id, payload, expiresIn = 0) {
      const { jti: _, ...rest } = payload;
      const stored = rest as Prisma.InputJsonObject;
      const now = new Date();
      const expiresAt = new Date(now.getTime() + expiresIn * 1000);
      const consent = currentConsent();
      if (!consent) {
        await db().oAuthGrant.updateMany({ where: { id, revokedAt: null }, data: { payload: stored, expiresAt } });
        return;
      }
      const { actor, client, scope, uid } = consent;
      await inTransaction(async (tx) => {
        await limitActs(tx, actor, now);
        await claimAnswer(tx, uid, now);
        const heldScope = await narrowerGrant(tx, actor.userId, client.id, scope);
        const data = {
          id,
          userId: actor.userId,
          clientId: client.id,
          clientName: client.name,
          clientHost: client.host,
          trust: client.trust,
        };
        const where = { address: actor.address ?? null, userAgent: actor.userAgent?.slice(0, 400) ?? null };
        await tx.oAuthGrant.create({ data: { ...data, ...where, scope, payload: stored, createdAt: now, expiresAt } });
        await tx.oAuthClient.updateMany({ where: { id: client.id }, data: { lastGrantedAt: now } });
        const details = { scope, clientId: client.id, trust: client.trust };
        const action = heldScope === undefined ? "app.connected" : "app.widened";
        await recordAudit(tx, actor, { action, target: { type: "grant", id, name: client.name }, details }, now);
      });
    },
    async find(id) {
      const read = takeRow("grant", id);
      const payload = read ? read.row : await findAliveGrant(id, new Date());
      return payload && { ...payload, jti: id };
    },
    async destroy(id) {
      await endGrantAndWait(id, "client");
    },
    findByUid: () => Promise.resolve(undefined),
    findByUserCode: () => Promise.resolve(undefined),
    consume: () => Promise.resolve(),
    revokeByGrantId: () => Promise.resolve(),
  };
}
