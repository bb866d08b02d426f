import type { Actor } from "#lib/audit/actor.ts";
import { db } from "#lib/db.ts";

/** An app that the user allowed something, as pages see it. */
export type GrantView = {
  id: string;
  clientId: string;
  clientName: string;
  clientHost: string | null;
  trust: string;
  scope: string;
  createdAt: Date;
  lastUsedAt: Date | null;
  address: string | null;
  userAgent: string | null;
};

/** The actor's live grants, newest first. */
export async function listGrants(actor: Actor, now = new Date()): Promise<GrantView[]> {
  return await db().oAuthGrant.findMany({
    where: { userId: actor.userId, revokedAt: null, expiresAt: { gt: now } },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    select: {
      id: true,
      clientId: true,
      clientName: true,
      clientHost: true,
      trust: true,
      scope: true,
      createdAt: true,
      lastUsedAt: true,
      address: true,
      userAgent: true,
    },
  });
}
