import type { Actor } from "#lib/audit/actor.ts";
import { recordAudit } from "#lib/audit/record-audit.ts";
import { DomainError } from "#lib/errors.ts";
import { act } from "#lib/events/act.ts";
import { publish } from "#lib/events.ts";
import { newId } from "#lib/ids.ts";
import { KEY_VIEW_SELECT, type KeyView, keyView } from "./key-view.ts";
import type { ImportKeyInput } from "./schemas.ts";

/**
 * Takes over a key of another server, of which only the SHA-256 is known; it then verifies by hash, whatever its format was.
 * One transaction: key, audit row `key.imported`, event `imported_keys.changed`, since from now on keys without our checksum
 * must be looked up; then waits for the gateways.
 * @throws DomainError `conflict` when the hash is known already, here or for another user.
 */
export async function importKey(actor: Actor, input: ImportKeyInput, now = new Date()): Promise<KeyView> {
  const { result } = await act(async (tx) => {
    const hash = new Uint8Array(Buffer.from(input.sha256, "hex"));
    const known = await tx.apiKey.findUnique({ where: { hash }, select: { id: true } });
    if (known)
      throw new DomainError("conflict", { message: "A key with this hash exists already. Nothing was imported." });
    const id = newId();
    const data = {
      id,
      userId: actor.userId,
      name: input.name,
      hash,
      isImported: true,
      scope: input.scope,
      createdAt: now,
    };
    const row = await tx.apiKey.create({
      data: { ...data, expiresAt: input.expiresAt ?? null },
      select: KEY_VIEW_SELECT,
    });
    await recordAudit(tx, actor, { action: "key.imported", target: { type: "key", id, name: input.name } }, now);
    await publish(tx, { type: "imported_keys.changed", userId: actor.userId, subjectId: id });
    return row;
  });
  return keyView(result, now);
}
