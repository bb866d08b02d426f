import { hash } from "node:crypto";
import { statement } from "#lib/db.ts";
import { isWellFormedKey } from "#lib/keys/key-format.ts";
import { type KeyState, type KeyTimes, keyState, keyWorks, worksUntil } from "#lib/keys/key-state.ts";
import type { CredentialCache } from "./credential-cache.ts";
import type { ApiKeyPrincipal } from "./principal.ts";

/**
 * The outcome of verifying a key, a closed union. Refusals differ for the log only; the wire says the same for all but the last.
 * - `malformed`: checksum or form is wrong; nothing was looked up.
 * - `unknown`: no such key.
 * - `revoked`, `expired`, `replaced`: its state at `now`.
 * - `user_disabled`: its owner is disabled.
 * - `unavailable`: the cache may not be trusted and the database does not answer. Not a verdict on the key: 503.
 */
export type KeyVerification =
  | { ok: true; principal: ApiKeyPrincipal }
  | {
      ok: false;
      reason: "malformed" | "unknown" | Exclude<KeyState, "active" | "in_grace"> | "user_disabled" | "unavailable";
    };

export type KeyVerifier = {
  cache: CredentialCache<ApiKeyPrincipal>;
  /** Whether every change has been heard up to now; see lib/events/listener.ts. */
  isTrusted(monotonicMs?: number): boolean;
  /** Whether keys without our checksum exist. */
  hasImportedKeys(): boolean;
  /** Reads a key by the SHA-256 of the whole key. @throws when the database does not answer. */
  findKey(hash: Uint8Array<ArrayBuffer>): Promise<StoredKey | null>;
};

/** The one flat row that answers a verification. */
export type StoredKey = KeyTimes & {
  id: string;
  userId: string;
  name: string;
  prefix: string | null;
  scope: string;
  user: { disabledAt: Date | null };
};

const MALFORMED: KeyVerification = { ok: false, reason: "malformed" };
const UNKNOWN: KeyVerification = { ok: false, reason: "unknown" };
const EXPIRED: KeyVerification = { ok: false, reason: "expired" };
const UNAVAILABLE: KeyVerification = { ok: false, reason: "unavailable" };
const READS_MAX = 5;

/**
 * Verifies a key: cache while it is trusted, else one look-up by hash. Synchronous when cached.
 * A key is accepted only if it works at `nowMs` (the clock of this process) by the newest state this gateway may rely on:
 * when an event arrives during the look-up, the state is read again.
 */
export function verifyKey(
  value: string,
  verifier: KeyVerifier,
  nowMs: number,
  monotonicMs = performance.now(),
): KeyVerification | Promise<KeyVerification> {
  const digest = hash("sha256", value, "base64url");
  if (verifier.isTrusted(monotonicMs)) {
    const cached = verifier.cache.get(digest, monotonicMs);
    if (cached !== undefined) {
      if (nowMs < cached.worksUntilMs) return cached;
      // Whether it expired or was replaced only matters for the log, and the row may have changed: read it.
      return lookUp(digest, verifier, nowMs);
    }
    if (verifier.cache.isRefused(digest, monotonicMs)) return UNKNOWN;
  }
  if (!isWellFormedKey(value) && !verifier.hasImportedKeys()) return MALFORMED;
  verifier.cache.counters.misses += 1;
  return lookUp(digest, verifier, nowMs);
}

async function lookUp(digest: string, verifier: KeyVerifier, nowMs: number): Promise<KeyVerification> {
  const { cache } = verifier;
  for (let read = 1; ; read += 1) {
    const generation = cache.generation();
    const trusted = verifier.isTrusted();
    const row = await readKey(digest, verifier);
    if (row === "unavailable") return UNAVAILABLE;
    if (generation !== cache.generation() && read < READS_MAX) continue;
    const monotonicMs = performance.now();
    const mayStore = trusted && verifier.isTrusted();
    if (row === null) {
      if (mayStore) cache.refuse(digest, monotonicMs, generation);
      return UNKNOWN;
    }
    if (row.user.disabledAt !== null) return { ok: false, reason: "user_disabled" };
    const state = keyState(row, new Date(nowMs));
    if (!keyWorks(state)) return refusal(state);
    const principal: ApiKeyPrincipal = Object.freeze({
      kind: "api_key",
      userId: row.userId,
      scope: row.scope,
      keyId: row.id,
      prefix: row.prefix,
      name: row.name,
      expiresAt: row.expiresAt,
      graceEndsAt: row.graceEndsAt,
    });
    const worksUntilMs = worksUntil(row)?.getTime() ?? Number.POSITIVE_INFINITY;
    const entry = { ok: true as const, principal, worksUntilMs, storedAtMs: monotonicMs };
    if (mayStore) cache.set(digest, entry, generation);
    return entry;
  }
}

function refusal(state: KeyState): KeyVerification {
  if (state === "revoked" || state === "replaced") return { ok: false, reason: state };
  return EXPIRED;
}

async function readKey(digest: string, verifier: KeyVerifier): Promise<StoredKey | null | "unavailable"> {
  try {
    return await verifier.findKey(new Uint8Array(Buffer.from(digest, "base64url")));
  } catch {
    // Whatever the reason - no connection, no answer in time - the key could not be checked, so nobody is let in.
    return "unavailable";
  }
}

/** {@link KeyVerifier.findKey} on the database: one look-up by the unique hash. */
export async function findStoredKey(hash: Uint8Array<ArrayBuffer>): Promise<StoredKey | null> {
  const text = `
    SELECT k.id, k.user_id AS "userId", k.name, k.prefix, k.scope, k.expires_at AS "expiresAt", k.revoked_at AS "revokedAt",
      k.rotated_at AS "rotatedAt", k.grace_ends_at AS "graceEndsAt", u.disabled_at AS "disabledAt"
    FROM api_keys AS k JOIN users AS u ON u.id = k.user_id WHERE k.hash = $1`;
  const [row] = (await statement<StoredKey & { disabledAt: Date | null }>(text, [hash])).rows;
  return row ? { ...row, user: { disabledAt: row.disabledAt } } : null;
}
