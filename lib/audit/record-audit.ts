import type { Tx } from "#lib/db.ts";
import type { Prisma } from "#lib/generated/prisma/client.ts";
import { newId } from "#lib/ids.ts";
import type { Actor, Operator } from "./actor.ts";

/** Every act that leaves a row. Events that gateways hear have the same names. */
export type AuditAction =
  | "app.connected"
  | "app.widened"
  | "app.withdrawn"
  | "refresh_token.reused"
  | "signing_key.rotated"
  | "client.created"
  | "client.removed"
  | "key.created"
  | "key.imported"
  | "key.renamed"
  | "key.rotated"
  | "key.grace_moved"
  | "key.grace_ended"
  | "key.revoked"
  | "user.created"
  | "user.disabled"
  | "user.enabled"
  | "user.signed_in"
  | "session.ended"
  | "password.changed"
  | "settings.changed";

export type AuditEntry = {
  action: AuditAction;
  target: {
    type: "key" | "grant" | "client" | "signing_key" | "user" | "session" | "settings";
    id: string;
    name?: string | undefined;
  };
  /** What else a reader needs: old name, end of grace. Never a secret. */
  details?: Readonly<Record<string, string | number | boolean | null>>;
};

/** Writes the audit row of an act, inside the act's own transaction: both happen, or neither. Rows are append-only by trigger. */
export async function recordAudit(tx: Tx, actor: Actor | Operator, entry: AuditEntry, now: Date): Promise<void> {
  const data: Prisma.AuditEventCreateInput = {
    id: newId(),
    occurredAt: now,
    userId: actor.userId,
    actorKind: actor.kind,
    actorId: actor.kind === "user" ? actor.userId : null,
    action: entry.action,
    targetType: entry.target.type,
    targetId: entry.target.id,
    targetName: entry.target.name ?? null,
    address: actor.address?.slice(0, 64) ?? null,
    userAgent: actor.userAgent?.slice(0, 200) ?? null,
    details: { ...entry.details },
  };
  await tx.auditEvent.create({ data });
}
