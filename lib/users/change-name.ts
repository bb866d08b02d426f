import type { Actor } from "#lib/audit/actor.ts";
import { limitActs } from "#lib/audit/limit-acts.ts";
import { recordAudit } from "#lib/audit/record-audit.ts";
import { inTransaction } from "#lib/db.ts";
import { DomainError } from "#lib/errors.ts";
import type { ChangeNameInput } from "./schemas.ts";

/**
 * Changes what the actor is called; empty takes the name away. One transaction, audit row `settings.changed`.
 * @throws DomainError 'user_not_found', 'rate_limited'
 */
export async function changeName(
  actor: Actor,
  { name }: ChangeNameInput,
  now = new Date(),
): Promise<{ name: string | null }> {
  return await inTransaction(async (tx) => {
    await limitActs(tx, actor, now);
    const before = await tx.user.findUnique({ where: { id: actor.userId }, select: { name: true, email: true } });
    if (!before) throw new DomainError("user_not_found");
    const user = await tx.user.update({
      where: { id: actor.userId },
      data: { name: name || null },
      select: { name: true },
    });
    if (user.name !== before.name) {
      const target = { type: "settings", id: actor.userId, name: "Name" } as const;
      await recordAudit(tx, actor, { action: "settings.changed", target, details: { from: before.name } }, now);
    }
    return user;
  });
}
