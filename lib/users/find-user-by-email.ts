import { db } from "#lib/db.ts";
import { DomainError } from "#lib/errors.ts";
import { normalizeEmail } from "./email.ts";

/**
 * The account that an operator names by its e-mail, in any spelling.
 * @throws DomainError 'email_invalid', 'user_not_found'
 */
export async function findUserByEmail(text: string): Promise<{ id: string; email: string }> {
  const email = normalizeEmail(text);
  if (!email) throw new DomainError("email_invalid", { details: { field: "email" } });
  const user = await db().user.findUnique({ where: { email }, select: { id: true, email: true } });
  if (!user) throw new DomainError("user_not_found");
  return user;
}
