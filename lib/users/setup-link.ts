import { chmod, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { db, inTransaction } from "#lib/db.ts";
import { type Env, env } from "#lib/env.ts";
import { DomainError } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import { hashToken, newToken } from "#lib/one-time-tokens/random-token.ts";
import { type Browser, type StartedSession, startSession } from "#lib/sessions/start-session.ts";
import { insertUser, prepareUser } from "./create-user.ts";
import { hasUsers } from "./list-users.ts";
import type { SetupInput } from "./schemas.ts";

const PURPOSE = "setup";
/** A server that waits longer than this for its first account prints a new link at its next start. */
const LIFETIME_MS = 7 * 24 * 60 * 60_000;

/**
 * Makes the link to the first account, new at each start: the one before stops working. Written to DATA_DIR/setup-url, readable
 * by its owner only; the database has the token's hash. Not for the logger.
 * @returns the link; undefined once there is an account, or when SIGN_UP=closed leaves accounts to the command line. The file
 *   is then gone.
 */
export async function prepareSetupLink(
  environment: Pick<Env, "dataDir" | "publicUrl" | "signUp">,
  now = new Date(),
): Promise<string | undefined> {
  const file = linkFile(environment.dataDir);
  const isNeeded = environment.signUp === "first" && !(await hasUsers());
  const token = newToken();
  await inTransaction(async (tx) => {
    await tx.oneTimeToken.deleteMany({ where: { purpose: PURPOSE } });
    if (!isNeeded) return;
    const expiresAt = new Date(now.getTime() + LIFETIME_MS);
    await tx.oneTimeToken.create({
      data: { id: newId(), tokenHash: hashToken(token), purpose: PURPOSE, createdAt: now, expiresAt },
    });
  });
  if (!isNeeded) {
    await rm(file, { force: true });
    return undefined;
  }
  const url = `${environment.publicUrl}/setup?token=${token}`;
  await writePrivately(file, `${url}\n`);
  return url;
}

/** Whether the link would still make an account. Asking does not use it up. */
export async function isSetupLinkAlive(token: string, now = new Date()): Promise<boolean> {
  const row = await db().oneTimeToken.findUnique({ where: { tokenHash: hashToken(token) } });
  const isUnused = row?.purpose === PURPOSE && row.consumedAt === null && now < row.expiresAt;
  return isUnused && !(await hasUsers());
}

/**
 * Makes the administrator and signs them in; uses up the link and removes its file. One transaction: token, account, session, their audit rows.
 * Of two at once, one makes the account and the other finds a dead link.
 * @throws DomainError 'setup_link_dead' (before any expensive work), 'email_invalid', 'password_too_short',
 *   'password_too_long', 'password_too_common', 'sign_up_closed'. The link survives a refused e-mail or password.
 */
export async function completeSetup(
  input: SetupInput,
  browser: Browser,
  now = new Date(),
  dataDir = env().dataDir,
): Promise<StartedSession> {
  if (!(await isSetupLinkAlive(input.token, now))) throw new DomainError("setup_link_dead");
  const account = await prepareUser({ ...input, isAdministrator: true });
  const session = await inTransaction(async (tx) => {
    const { count } = await tx.oneTimeToken.updateMany({
      where: { tokenHash: hashToken(input.token), purpose: PURPOSE, consumedAt: null, expiresAt: { gt: now } },
      data: { consumedAt: now },
    });
    if (count === 0) throw new DomainError("setup_link_dead");
    const user = await insertUser(tx, "setup", { kind: "user", ...browser }, account, now);
    return await startSession(tx, user.id, browser, now);
  });
  await rm(linkFile(dataDir), { force: true });
  return session;
}

function linkFile(dataDir: string): string {
  return join(dataDir, "setup-url");
}

/** Renamed into place: never readable by others, never half written. */
async function writePrivately(file: string, text: string): Promise<void> {
  const draft = `${file}.${process.pid}`;
  await mkdir(join(file, ".."), { recursive: true });
  await rm(draft, { force: true });
  await writeFile(draft, text, { mode: 0o600, flag: "wx" });
  await chmod(draft, 0o600);
  await rename(draft, file);
}
