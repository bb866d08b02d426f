import { currentActor } from "#lib/audit/current-actor.ts";
import { act } from "#lib/events/act.ts";
import { endGrants } from "#lib/grants/end-grant.ts";

/** So that one transaction stays short, however many people use the client. */
const GRANTS_AT_ONCE = 200;

/**
 * A client deletes its own registration (RFC 7592 section 2.3): every grant that people gave it ends, and when this returns every
 * gateway refuses its tokens. Grants end first, some at a time. Audit rows `app.withdrawn`. Clients that the operator added stay.
 */
export async function deleteRegistration(clientId: string, now = new Date()): Promise<void> {
  for (let isLast = false; !isLast; ) {
    const { result } = await act(async (tx) => {
      if ((await tx.oAuthClient.count({ where: { id: clientId, kind: "registered" } })) === 0) return true;
      const grants = await tx.oAuthGrant.findMany({
        where: { clientId, revokedAt: null },
        orderBy: { id: "asc" },
        take: GRANTS_AT_ONCE,
        select: { id: true },
      });
      const ids = grants.map(({ id }) => id);
      await endGrants(tx, ids, "client", currentActor(), now);
      if (ids.length === GRANTS_AT_ONCE) return false;
      await tx.oAuthClient.delete({ where: { id: clientId } });
      return true;
    });
    isLast = result;
  }
}
