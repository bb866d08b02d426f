import { DomainError } from "#lib/errors.ts";
import { isId } from "#lib/ids.ts";
import { findUserByEmail } from "#lib/users/find-user-by-email.ts";
import { UsageError } from "./verb.ts";

/**
 * How to find the account that --email or an id names, once there is a database. Whether an id exists is for the act to say.
 * @throws UsageError, at once; the result throws DomainError `email_invalid`, `user_not_found`.
 */
export function namedUser(
  email: string | undefined,
  id: string | undefined,
  usage: string,
): () => Promise<{ id: string }> {
  if ((email === undefined) === (id === undefined)) throw new UsageError(`Name the account once. Write: ${usage}`);
  return async () => {
    if (email !== undefined) return await findUserByEmail(email);
    if (id === undefined || !isId(id)) throw new DomainError("user_not_found");
    return { id };
  };
}
