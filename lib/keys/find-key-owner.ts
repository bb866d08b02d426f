import { db } from "#lib/db.ts";
import { DomainError } from "#lib/errors.ts";
import { isId } from "#lib/ids.ts";

/**
 * Whose key this is. For the operator only, who names keys of all users by their ids and then acts for the owner.
 * @throws DomainError `key_not_found`
 */
export async function findKeyOwner(keyId: string): Promise<{ userId: string }> {
  const key = isId(keyId) ? await db().apiKey.findUnique({ where: { id: keyId }, select: { userId: true } }) : null;
  if (!key) throw new DomainError("key_not_found");
  return key;
}
