import type { Tx } from "#lib/db.ts";

/**
 * What a client has of this person already, by its newest grant that it came for, if that is a part of `asked` and not all of it: then it asks for
 * more, and an answer widens what it may do.
 */
export async function narrowerGrant(
  tx: Pick<Tx, "oAuthGrant">,
  userId: string,
  clientId: string,
  asked: string,
): Promise<string | undefined> {
  const grant = await tx.oAuthGrant.findFirst({
    where: { userId, clientId, redeemedAt: { not: null }, revokedAt: null, expiresAt: { gt: new Date() } },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    select: { scope: true },
  });
  return grant && grant.scope !== asked && isPartOf(grant.scope, asked) ? grant.scope : undefined;
}

/** `mcp` holds both halves, so either is a part of it. */
export function isPartOf(granted: string, asked: string): boolean {
  const wide = new Set(asked.split(" "));
  return wide.has("mcp") || granted.split(" ").every((name) => wide.has(name));
}
