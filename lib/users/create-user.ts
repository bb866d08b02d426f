import type { Actor } from "#lib/audit/actor.ts";
import { recordAudit } from "#lib/audit/record-audit.ts";
import { inTransaction, type Tx } from "#lib/db.ts";
import { env } from "#lib/env.ts";
import { DomainError } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import { normalizeEmail } from "./email.ts";
import { mayCreateUser, type SignUpPath } from "./may-create-user.ts";
import { checkNewPassword, hashPassword } from "./password.ts";
import { type CreateUserInput, createUserSchema } from "./schemas.ts";

export type CreatedUser = { id: string; email: string };

/**
 * Makes an account at the command line. One transaction: the row and its audit row `user.created`.
 * @throws DomainError 'email_invalid', 'password_too_short', 'password_too_long', 'password_too_common', 'email_taken'
 */
export async function createUser(input: CreateUserInput, now = new Date()): Promise<CreatedUser> {
  const account = await prepareUser(createUserSchema.parse(input));
  return await inTransaction((tx) => insertUser(tx, "command_line", { kind: "command_line" }, account, now));
}

/** A checked account that is ready to be inserted; the slow part, outside of any transaction. */
export type PreparedUser = { email: string; name: string | null; passwordHash: string; isAdministrator: boolean };

/**
 * Checks e-mail and password and derives the hash.
 * @throws DomainError 'email_invalid', 'password_too_short', 'password_too_long', 'password_too_common'
 */
export async function prepareUser(input: {
  email: string;
  password: string;
  name?: string | undefined;
  isAdministrator: boolean;
}): Promise<PreparedUser> {
  const email = normalizeEmail(input.email);
  if (!email) throw new DomainError("email_invalid", { details: { field: "email" } });
  const name = input.name || null;
  checkNewPassword(input.password, name ? [email, name] : [email]);
  return { email, name, passwordHash: await hashPassword(input.password), isAdministrator: input.isAdministrator };
}

/**
 * Inserts the account in the caller's transaction, if the path may. Accounts are made one at a time, so that two first
 * accounts cannot both find none.
 * @throws DomainError 'setup_link_dead', 'sign_up_closed', 'email_taken'
 */
export async function insertUser(
  tx: Tx,
  path: SignUpPath,
  by: Pick<Actor, "kind" | "address" | "userAgent">,
  account: PreparedUser,
  now: Date,
): Promise<CreatedUser> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('pensyve.users'))`;
  const first = await tx.user.findFirst({ select: { id: true } });
  mayCreateUser(path, { signUp: env().signUp, hasUsers: first !== null });
  const taken = await tx.user.findUnique({ where: { email: account.email }, select: { id: true } });
  if (taken) throw new DomainError("email_taken", { details: { field: "email" } });
  const id = newId();
  await tx.user.create({ data: { id, ...account, createdAt: now } });
  const actor: Actor = { ...by, userId: id, isAdministrator: account.isAdministrator };
  const target = { type: "user", id, name: account.email } as const;
  const details = { administrator: account.isAdministrator };
  await recordAudit(tx, actor, { action: "user.created", target, details }, now);
  return { id, email: account.email };
}
