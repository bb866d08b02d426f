import type { ApiKeyPrincipal } from "./principal.ts";

/** The ceiling for an event that was lost without a trace: no entry is believed for longer. */
const TTL_MS = 60_000;
const NEGATIVE_TTL_MS = 5_000;
const ENTRIES_MAX = 50_000;
const NEGATIVE_MAX = 10_000;

/** A verified key. `worksUntil` is compared with the clock on each request: grace and expiry need no event. */
export type CachedKey = { ok: true; principal: ApiKeyPrincipal; worksUntilMs: number; storedAtMs: number };

export type KeyCache = ReturnType<typeof makeKeyCache>;

/**
 * Verified keys by the SHA-256 of the whole key, refused ones in a bounded store of their own for at most 5 s.
 * Counts hits, so that a test can show that a key was warm.
 */
export function makeKeyCache() {
  const entries = new Map<string, CachedKey>();
  const hashesByKey = new Map<string, string>();
  const refused = new Map<string, number>();
  let generation = 0;
  const counters = { hits: 0, misses: 0, negativeHits: 0 };

  const remove = (hash: string): void => {
    const entry = entries.get(hash);
    if (entry) hashesByKey.delete(entry.principal.keyId);
    entries.delete(hash);
  };

  return {
    counters,
    /** Moves with every event: a look-up that began before it must not be stored. */
    generation: () => generation,
    get(hash: string, monotonicMs: number): CachedKey | undefined {
      const entry = entries.get(hash);
      if (entry === undefined) return undefined;
      if (monotonicMs - entry.storedAtMs > TTL_MS) {
        remove(hash);
        return undefined;
      }
      counters.hits += 1;
      return entry;
    },
    /** Stores what was read while the generation was `readAt`; does nothing when it has moved since. */
    set(hash: string, entry: CachedKey, readAt: number): void {
      if (readAt !== generation) return;
      if (entries.size >= ENTRIES_MAX) remove(firstOf(entries));
      entries.set(hash, entry);
      hashesByKey.set(entry.principal.keyId, hash);
    },
    isRefused(hash: string, monotonicMs: number): boolean {
      const since = refused.get(hash);
      if (since === undefined) return false;
      if (monotonicMs - since <= NEGATIVE_TTL_MS) {
        counters.negativeHits += 1;
        return true;
      }
      refused.delete(hash);
      return false;
    },
    refuse(hash: string, monotonicMs: number, readAt: number): void {
      if (readAt !== generation) return;
      if (refused.size >= NEGATIVE_MAX) refused.delete(firstOf(refused));
      refused.set(hash, monotonicMs);
    },
    forgetKey(keyId: string): void {
      generation += 1;
      refused.clear();
      const hash = hashesByKey.get(keyId);
      if (hash !== undefined) remove(hash);
    },
    forgetUser(userId: string): void {
      generation += 1;
      refused.clear();
      for (const [hash, entry] of entries) if (entry.principal.userId === userId) remove(hash);
    },
    clear(): void {
      generation += 1;
      entries.clear();
      hashesByKey.clear();
      refused.clear();
    },
  };
}

function firstOf(map: ReadonlyMap<string, unknown>): string {
  for (const key of map.keys()) return key;
  return "";
}
