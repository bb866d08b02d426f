import type { Actor, Operator } from "#lib/audit/actor.ts";
import { recordAudit } from "#lib/audit/record-audit.ts";
import { DomainError } from "#lib/errors.ts";
import { act } from "#lib/events/act.ts";
import type { Receipt } from "#lib/events/receipt.ts";
import { endGrants } from "#lib/grants/end-grant.ts";
import { isKnownClient } from "./known-clients.ts";

/** So that one transaction stays short, however many people use the client. */
const GRANTS_AT_ONCE = 200;

export type RemovedClient = { id: string; endedGrants: number; receipt: Receipt };

/**
 * Removes a client and ends every grant that people gave it: when this answers, every gateway refuses its tokens. Its grants end
 * first, some at a time; if that is cut short, removing it again goes on. Audit rows `app.withdrawn`, then `client.removed`.
 * @throws DomainError `forbidden` (actor is no administrator), `client_not_found`, `conflict` (it is part of this server).
 */
export async function removeClient(
  actor: Actor | Operator,
  { clientId }: { clientId: string },
  now = new Date(),
): Promise<RemovedClient> {
  if (!actor.isAdministrator) throw new DomainError("forbidden");
  if (isKnownClient(clientId)) {
    throw new DomainError("conflict", {
      message:
        "This client is part of the server and would come back. Withdraw its grants: grant list, grant withdraw.",
    });
  }
  for (let endedGrants = 0; ; ) {
    const { result, receipt } = await act(async (tx) => {
      const client = await tx.oAuthClient.findUnique({ where: { id: clientId }, select: { metadata: true } });
      if (!client) throw new DomainError("client_not_found");
      const ids = await tx.oAuthGrant.findMany({
        where: { clientId, revokedAt: null },
        orderBy: { id: "asc" },
        take: GRANTS_AT_ONCE,
        select: { id: true },
      });
      const ended = await endGrants(
        tx,
        ids.map(({ id }) => id),
        "client_removed",
        actor,
        now,
      );
      const isLast = ids.length < GRANTS_AT_ONCE;
      if (isLast) {
        await tx.oAuthClient.delete({ where: { id: clientId } });
        const name = String(Reflect.get(Object(client.metadata), "client_name") ?? clientId);
        const target = { type: "client", id: clientId, name } as const;
        await recordAudit(tx, actor, { action: "client.removed", target }, now);
      }
      return { ended, isLast };
    });
    endedGrants += result.ended;
    if (result.isLast) return { id: clientId, endedGrants, receipt };
  }
}
