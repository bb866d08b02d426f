import { credentialId, type Principal } from "#lib/auth/principal.ts";
import type { Tx } from "#lib/db.ts";
import type { Owner } from "#lib/memory/memory-store.ts";

/**
 * Whose memories a request is about: the principal's, whatever the request says (standards BER-15). With `tx`, what is written is part
 * of that transaction.
 */
export function ownerOf(principal: Principal, tx?: Tx): Owner {
  return { userId: principal.userId, writtenBy: credentialId(principal), tx };
}
