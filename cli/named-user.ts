import { DomainError } from "#lib/errors.ts";
import { isId } from "#lib/ids.ts";
import { findUser } from "#lib/users/find-user.ts";
import { UsageError } from "./verb.ts";

/** The account that --email or an id names; whether an id exists is for the act to say. @throws UsageError, DomainError */
export async function findNamedUser(
  email: string | undefined,
  id: string | undefined,
  usage: string,
): Promise<{ id: string }> {
  if ((email === undefined) === (id === undefined)) throw new UsageError(`Name the account once. Write: ${usage}`);
  if (email !== undefined) return await findUser(email);
  if (id === undefined || !isId(id)) throw new DomainError("user_not_found");
  return { id };
}
