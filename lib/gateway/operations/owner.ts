import { credentialId, type Principal } from "#lib/auth/principal.ts";
import type { Owner } from "#lib/memory/memory-store.ts";

/** Whose memories a request is about: the principal's, whatever the request says (standards BER-15). */
export function ownerOf(principal: Principal): Owner {
  return { userId: principal.userId, writtenBy: credentialId(principal) };
}
