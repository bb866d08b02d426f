/** The columns that decide a key's state. */
export type KeyTimes = {
  expiresAt: Date | null;
  revokedAt: Date | null;
  rotatedAt: Date | null;
  graceEndsAt: Date | null;
};

export type KeyState = "active" | "in_grace" | "replaced" | "expired" | "revoked";

/**
 * The state of a key at an instant; the clock decides, no sweeper has to run. The first that holds:
 * - `revoked`: somebody decided so; immediate and final, grace or not.
 * - `expired`: its own expiry has come (the instant itself counts as expired).
 * - `in_grace`: replaced by a successor, still works until `graceEndsAt`.
 * - `replaced`: its grace period is over, or was ended.
 * - `active`: none of these.
 */
export function keyState(key: KeyTimes, now: Date): KeyState {
  if (key.revokedAt !== null) return "revoked";
  if (key.expiresAt !== null && key.expiresAt <= now) return "expired";
  if (key.rotatedAt === null) return "active";
  return key.graceEndsAt !== null && key.graceEndsAt > now ? "in_grace" : "replaced";
}

/** Whether requests with a key in this state are accepted. */
export function keyWorks(state: KeyState): boolean {
  return state === "active" || state === "in_grace";
}

/** When a working key stops by itself: the earlier of its expiry and its grace; null for never. */
export function worksUntil(key: KeyTimes): Date | null {
  if (key.graceEndsAt === null) return key.expiresAt;
  return key.expiresAt !== null && key.expiresAt < key.graceEndsAt ? key.expiresAt : key.graceEndsAt;
}
