import type { Actor } from "#lib/audit/actor.ts";
import { db } from "#lib/db.ts";

/** An app that the user allowed something, as pages see it. */
export type GrantView = {
  id: string;
  clientId: string;
  clientName: string;
  /** Domain of its metadata document; null where none was checked. */
  clientHost: string | null;
  trust: string;
  /** Space-separated. */
  scope: string;
  createdAt: Date;
  /** Its first request to a gateway; null until then. */
  firstUsedAt: Date | null;
  lastUsedAt: Date | null;
  lastUsedAddress: string | null;
  lastUsedClient: string | null;
  /** Where the browser was that allowed it. */
  address: string | null;
  userAgent: string | null;
};

const SELECT = {
  id: true,
  clientId: true,
  clientName: true,
  clientHost: true,
  trust: true,
  scope: true,
  createdAt: true,
  firstUsedAt: true,
  lastUsedAt: true,
  lastUsedAddress: true,
  lastUsedClient: true,
  address: true,
  userAgent: true,
} as const;

/** The actor's live grants, newest first. Not among them: what expired, and what no app came for, which holds no token. */
export async function listGrants(actor: Actor, now = new Date()): Promise<GrantView[]> {
  return await db().oAuthGrant.findMany({
    where: { userId: actor.userId, redeemedAt: { not: null }, revokedAt: null, expiresAt: { gt: now } },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    select: SELECT,
  });
}
