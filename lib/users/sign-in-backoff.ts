import { createHash } from "node:crypto";
import { isIPv6 } from "node:net";
import { inTransaction, type Tx } from "#lib/db.ts";

/**
 * How failures become delays. Never a lock: each delay ends by itself, and asking during one neither counts nor prolongs it
 * (SIG-09, NIST SP 800-63B-4 section 3.2.2).
 * - `pair`: one account from one address. The owner who mistypes feels only this one.
 * - `address`: everything from one address, so that one machine cannot try many accounts.
 * - `account`: one account from everywhere; slower to start, longer in the end. It spares addresses from which the owner has
 *   signed in before, so a stranger elsewhere can delay strangers only.
 */
const RULES = {
  pair: { freeFailures: 5, delayMaxMs: 15 * 60_000 },
  address: { freeFailures: 20, delayMaxMs: 15 * 60_000 },
  account: { freeFailures: 20, delayMaxMs: 60 * 60_000 },
} as const;
const FIRST_DELAY_MS = 1_000;
/** Failures are forgotten after a day without any. */
const FORGET_AFTER_MS = 24 * 60 * 60_000;

export type BackoffKind = keyof typeof RULES;
export type Attempt = {
  email: string;
  address: string | undefined;
  /** The owner has signed in from this address before. */
  isKnownAddress: boolean;
};

/** How long to wait after the `failures`-th failure in a row, in milliseconds. Pure. */
export function delayAfter(kind: BackoffKind, failures: number): number {
  const { freeFailures, delayMaxMs } = RULES[kind];
  if (failures < freeFailures) return 0;
  return Math.min(delayMaxMs, FIRST_DELAY_MS * 2 ** Math.min(failures - freeFailures, 30));
}

/**
 * Asks for one try. An admitted try counts as a failure from this moment, before the password is looked at: a hundred tries at
 * once are counted one by one. {@link forgiveAttempt} takes it back after a success.
 * @returns milliseconds to wait, 0 when admitted.
 */
export async function admitAttempt(attempt: Attempt, now: Date): Promise<number> {
  const subjects = subjectsOf(attempt);
  return await inTransaction(async (tx) => {
    const rows = await lockSubjects(tx, subjects, now);
    const waitMs = Math.max(0, ...rows.map((row) => (row.retryAt ? row.retryAt.getTime() - now.getTime() : 0)));
    if (waitMs > 0) return waitMs;
    for (const row of rows) {
      const failures = (now.getTime() - row.lastFailedAt.getTime() > FORGET_AFTER_MS ? 0 : row.failures) + 1;
      const delay = delayAfter(row.kind, failures);
      const retryAt = delay > 0 ? new Date(now.getTime() + delay) : null;
      await tx.signInBackoff.update({
        where: { subject: row.subject },
        data: { failures, lastFailedAt: now, retryAt },
      });
    }
    return 0;
  });
}

/**
 * After a success: the account starts anew; the address only gets its one try back, since whoever owns an account here could
 * otherwise clear the count of tries at others.
 */
export async function forgiveAttempt(tx: Tx, attempt: Attempt): Promise<void> {
  for (const { kind, subject } of subjectsOf({ ...attempt, isKnownAddress: false })) {
    if (kind === "address") {
      const where = { subject, failures: { gt: 0 } };
      await tx.signInBackoff.updateMany({ where, data: { failures: { decrement: 1 }, retryAt: null } });
    } else {
      await tx.signInBackoff.deleteMany({ where: { subject } });
    }
  }
}

/** Drops rows that no longer count. */
export async function sweepBackoffs(tx: Tx, now: Date): Promise<void> {
  const before = new Date(now.getTime() - FORGET_AFTER_MS);
  await tx.signInBackoff.deleteMany({ where: { lastFailedAt: { lt: before } } });
}

/** What counts as one address: an IPv4 address, or the /64 that one IPv6 subscriber has at least. */
export function addressBucket(address: string | undefined): string {
  if (!address) return "unknown";
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped) return mapped;
  if (!isIPv6(address)) return address.slice(0, 64);
  const [head = "", tail = ""] = address.toLowerCase().replace(/%.*$/, "").split("::");
  const left = head ? head.split(":") : [];
  const right = tail ? tail.split(":") : [];
  const groups = [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill("0"), ...right];
  const prefix = groups.slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ""));
  return `${prefix.join(":")}::/64`;
}

type Subject = { kind: BackoffKind; subject: string };

function subjectsOf(attempt: Attempt): Subject[] {
  // Hashed: the table holds no list of addresses that somebody tried.
  const account = createHash("sha256").update(attempt.email).digest("base64url");
  const bucket = addressBucket(attempt.address);
  const subjects: Subject[] = [
    { kind: "pair", subject: `pair:${account}:${bucket}` },
    { kind: "address", subject: `address:${bucket}` },
  ];
  if (!attempt.isKnownAddress) subjects.push({ kind: "account", subject: `account:${account}` });
  // One order for all, so that two tries cannot wait for each other.
  return subjects.sort((a, b) => (a.subject < b.subject ? -1 : 1));
}

type LockedRow = Subject & { failures: number; lastFailedAt: Date; retryAt: Date | null };

async function lockSubjects(tx: Tx, subjects: readonly Subject[], now: Date): Promise<LockedRow[]> {
  const rows: LockedRow[] = [];
  for (const { kind, subject } of subjects) {
    // The no-op update takes the row's lock; an insert alone would not wait for another transaction's row.
    const [row] = await tx.$queryRaw<{ failures: number; lastFailedAt: Date; retryAt: Date | null }[]>`
      INSERT INTO sign_in_backoffs (subject, failures, last_failed_at) VALUES (${subject}, 0, ${now})
      ON CONFLICT (subject) DO UPDATE SET failures = sign_in_backoffs.failures
      RETURNING failures, last_failed_at AS "lastFailedAt", retry_at AS "retryAt"`;
    if (row) rows.push({ kind, subject, ...row });
  }
  return rows;
}
