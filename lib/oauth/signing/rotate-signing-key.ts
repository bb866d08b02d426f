import type { Actor, Operator } from "#lib/audit/actor.ts";
import { recordAudit } from "#lib/audit/record-audit.ts";
import { db, type Tx } from "#lib/db.ts";
import { type Env, env } from "#lib/env.ts";
import { act } from "#lib/events/act.ts";
import type { Receipt } from "#lib/events/receipt.ts";
import { log } from "#lib/log.ts";
import { awaitSigners, type Signers } from "./signers.ts";
import { insertSigningKey, JWKS_CACHE_SECONDS, lockSigningKeys, openAll } from "./signing-keys.ts";

/** What gateways allow between clocks, and a minute for an authorization server that begins to sign with the new key late. */
const SKEW_SECONDS = 5;
const LATE_SECONDS = 60;
const DAY_MS = 86_400_000;
/** For clocks that are behind: whoever still counts a key among the living finds it. */
const KEPT_MS = 3_600_000;

export type RotateSigningKey = {
  environment?: Env;
} & (
  | { immediately?: false }
  | {
      /** The new key signs at once, all others are refused at once. */
      immediately: true;
      /** Goes on although SECRET does not open the keys of before: it is lost. They are removed. */
      discardUnreadable?: boolean;
    }
);
export type RotatedSigningKey = {
  kid: string;
  signsFrom: Date;
  /** Which gateways know: with `immediately`, they refuse the tokens of the keys of before. */
  receipt: Receipt;
  /** With `immediately`: the authorization servers that sign with the new key, of those that run. */
  signers?: Signers;
};

/**
 * Makes a new signing key.
 *
 * Without `immediately` no request fails: the key is published at once and signs when nobody can hold a key set without it
 * ({@link JWKS_CACHE_SECONDS}); those before sign until then, and verify until no token of theirs is alive (ACCESS_TOKEN_TTL and
 * clock skew later). Then they are removed (standards ASM-16, JWT-12).
 *
 * With `immediately`, for a key that leaked: the new key signs at once and all others are removed, those waiting to sign included.
 * When this answers, no gateway that acknowledged accepts a token of theirs, and no gateway that did not trusts what it remembers
 * (`receipt`). Authorization servers that renewed sign with the new key (`signers`); what one that has not yet renewed signs is
 * refused everywhere. Grants live: clients get 401, and refresh. Resource servers of others, which fetch the key set themselves,
 * may hold it for as long as its Cache-Control says.
 *
 * One transaction: rows, audit row `signing_key.rotated`, event `signing_key.changed`.
 * At the command line: `signing-key rotate` and `signing-key rotate --now [--discard-unreadable]`, with `OPERATOR` as the actor.
 * @throws StartError when SECRET does not open the keys there are: the new one would be as unreadable to the servers that run.
 */
export async function rotateSigningKey(
  actor: Actor | Operator,
  options: RotateSigningKey = {},
  now = new Date(),
): Promise<RotatedSigningKey> {
  const { result, receipt } = await act((tx) => rotateIn(tx, actor, options, now));
  const signers = options.immediately ? { signers: await awaitSigners(result.kid) } : {};
  return { ...result, receipt, ...signers };
}

/**
 * What authorization servers do by themselves: rotates when the newest key is older than SIGNING_KEY_DAYS (of several processes,
 * one does), and deletes the rows of keys that are gone.
 */
export async function tendSigningKeys(environment: Env, now = new Date()): Promise<void> {
  await db().signingKey.deleteMany({ where: { retiresAt: { lt: new Date(now.getTime() - KEPT_MS) } } });
  if (environment.signingKeyDays === 0 || (await hasYoungerKey(db(), environment, now))) return;
  const { result: rotated } = await act(async (tx) => {
    await lockSigningKeys(tx, now);
    // Another process was quicker.
    if (await hasYoungerKey(tx, environment, now)) return undefined;
    const server: Operator = { kind: "system", userId: null, isAdministrator: true };
    return await rotateIn(tx, server, { environment }, now);
  });
  if (!rotated) return;
  log.info("A new signing key is published", { kid: rotated.kid, signsFrom: rotated.signsFrom.toISOString() });
}

async function hasYoungerKey(client: Pick<Tx, "signingKey">, { signingKeyDays }: Env, now: Date): Promise<boolean> {
  const since = new Date(now.getTime() - signingKeyDays * DAY_MS);
  return (await client.signingKey.findFirst({ where: { createdAt: { gt: since } }, select: { kid: true } })) !== null;
}

async function rotateIn(tx: Tx, actor: Actor | Operator, options: RotateSigningKey, now: Date) {
  const { environment = env() } = options;
  const rows = await lockSigningKeys(tx, now);
  if (!(options.immediately && options.discardUnreadable)) openAll(rows, environment);
  const signsFrom = options.immediately ? now : whenItMaySign(rows, now);
  if (options.immediately) await tx.signingKey.deleteMany();
  else {
    const goneSeconds = environment.accessTokenSeconds + SKEW_SECONDS + LATE_SECONDS;
    const retiresAt = new Date(signsFrom.getTime() + goneSeconds * 1000);
    await tx.signingKey.updateMany({ where: { retiresAt: null }, data: { retiresAt } });
  }
  const kid = await insertSigningKey(tx, environment, now, signsFrom);
  const details = { immediately: options.immediately ?? false, before: rows.map((row) => row.kid).join(" ") };
  await recordAudit(
    tx,
    actor,
    { action: "signing_key.rotated", target: { type: "signing_key", id: kid }, details },
    now,
  );
  return { kid, signsFrom };
}

/** After the cache time, and after every other key: the clock of the process that made the one before may be ahead. */
function whenItMaySign(rows: readonly { signsFrom: Date }[], now: Date): Date {
  const others = rows.map((row) => row.signsFrom.getTime() + 1);
  return new Date(Math.max(now.getTime() + JWKS_CACHE_SECONDS * 1000, ...others));
}
