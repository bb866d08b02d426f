import { db } from "#lib/db.ts";
import { DomainError } from "#lib/errors.ts";
import { isId } from "#lib/ids.ts";

/**
 * Whose grant this is. For the operator only, who names grants of all users by their ids and then acts for the owner.
 * @throws DomainError `grant_not_found`
 */
export async function findGrantOwner(grantId: string): Promise<{ userId: string }> {
  const where = { id: grantId };
  const grant = isId(grantId) ? await db().oAuthGrant.findUnique({ where, select: { userId: true } }) : null;
  if (!grant) throw new DomainError("grant_not_found");
  return grant;
}
