import { credentialId, type Principal } from "#lib/auth/principal.ts";
import { type Lease, makeLease } from "./rate-lease.ts";
import { type GatewaySettings, userRateLimit } from "./settings.ts";
import type { Tally } from "./tally.ts";

export const WINDOW_SECONDS = 60;
const WINDOW_MS = WINDOW_SECONDS * 1_000;

/** What this process may still spend of one bucket in one window. */
export type Budget = {
  readonly bucket: string;
  readonly limit: number;
  /** How much is leased at a time: a tenth of the limit, rounded up. */
  readonly portion: number;
  readonly windowStartMs: number;
  /** Leased here and not spent. */
  left: number;
  /** What all gateways had leased, as of this process's last lease; never above the limit. */
  leasedByAll: number;
  /** The lease that is on its way; everybody who needs it waits for the same one. */
  pending: Promise<void> | undefined;
};

/**
 * The two budgets of a credential in one window: its own, and the one that all credentials of its user share. And its tally, see
 * usage.ts, so that one look-up by the credential's id serves both.
 */
export type Budgets = { readonly key: Budget; readonly user: Budget; tally: Tally | undefined };

export type RateLimiter = {
  budgetsOf(principal: Principal, nowMs: number): Budgets;
  /**
   * Spends one request, from both budgets or from none. Synchronous while both have something left.
   * Rejects when a lease is needed and the database does not answer.
   */
  spend(budgets: Pick<Budgets, "key" | "user">): boolean | Promise<boolean>;
  /** `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10): both limits. Fixed for the process. */
  readonly policy: string;
};

/**
 * Limits requests per calendar minute, over all gateways together, without a statement per request: each process leases a tenth
 * of a limit at a time from PostgreSQL and spends it in memory.
 *
 * Over all gateways no more than the limit ever passes. Fewer may: a request is refused once everything is leased, although
 * others still hold unspent leases. With G gateways that is at most (G - 1) x ceil(limit / 10) requests per bucket and minute;
 * in one process the limit is exact. Windows follow each gateway's clock.
 */
export function makeRateLimiter(settings: GatewaySettings, lease: Lease = makeLease()): RateLimiter {
  const keyLimit = settings.rateLimit;
  const userLimit = userRateLimit(settings);
  let windowStartMs = 0;
  let credentials = new Map<string, Budgets>();
  let users = new Map<string, Budget>();

  const makeBudget = (bucket: string, limit: number): Budget => ({
    bucket,
    limit,
    portion: Math.ceil(limit / 10),
    windowStartMs,
    left: 0,
    leasedByAll: 0,
    pending: undefined,
  });

  return {
    policy: `"key";q=${keyLimit};w=${WINDOW_SECONDS}, "user";q=${userLimit};w=${WINDOW_SECONDS}`,
    budgetsOf(principal, nowMs) {
      if (nowMs - windowStartMs >= WINDOW_MS || nowMs < windowStartMs) {
        windowStartMs = nowMs - (nowMs % WINDOW_MS);
        credentials = new Map();
        users = new Map();
      }
      const id = credentialId(principal);
      const known = credentials.get(id);
      if (known) return known;
      const user = users.get(principal.userId) ?? makeBudget(`user:${principal.userId}`, userLimit);
      users.set(principal.userId, user);
      const budgets = { key: makeBudget(`key:${id}`, keyLimit), user, tally: undefined };
      credentials.set(id, budgets);
      return budgets;
    },
    spend({ key, user }) {
      if (key.left > 0 && user.left > 0) {
        key.left -= 1;
        user.left -= 1;
        return true;
      }
      if (isUsedUp(key) || isUsedUp(user)) return false;
      return spendLater(key, user, lease);
    },
  };
}

/** `RateLimit`: of the budget that ends sooner, what is left at most, and the seconds until the next window. */
export function rateLimitHeader({ key, user }: Budgets, nowMs: number): string {
  const left = remaining(key);
  const leftOfUser = remaining(user);
  const seconds = secondsToNextWindow(key, nowMs);
  return left <= leftOfUser ? `"key";r=${left};t=${seconds}` : `"user";r=${leftOfUser};t=${seconds}`;
}

/** Whole seconds, at least 1, until `budget`'s window is over. */
export function secondsToNextWindow(budget: Budget, nowMs: number): number {
  return Math.max(1, Math.ceil((budget.windowStartMs + WINDOW_MS - nowMs) / 1_000));
}

function remaining(budget: Budget): number {
  return budget.limit - budget.leasedByAll + budget.left;
}

function isUsedUp(budget: Budget): boolean {
  return budget.left === 0 && budget.leasedByAll >= budget.limit;
}

async function spendLater(key: Budget, user: Budget, lease: Lease): Promise<boolean> {
  for (;;) {
    await Promise.all([key, user].filter(({ left }) => left === 0).map((budget) => refill(budget, lease)));
    if (key.left > 0 && user.left > 0) {
      key.left -= 1;
      user.left -= 1;
      return true;
    }
    if (isUsedUp(key) || isUsedUp(user)) return false;
  }
}

function refill(budget: Budget, lease: Lease): Promise<void> {
  budget.pending ??= lease(budget).finally(() => {
    budget.pending = undefined;
  });
  return budget.pending;
}
