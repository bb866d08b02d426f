import { credentialId, type Principal } from "./principal.ts";

/** The ceiling for an event that was lost without a trace: no entry is believed for longer. */
const TTL_MS = 60_000;
const NEGATIVE_TTL_MS = 5_000;
const ENTRIES_MAX = 50_000;
const NEGATIVE_MAX = 10_000;

/** A verified credential. `worksUntil` is compared with the clock on each request: grace and expiry need no event. */
export type CachedCredential<Kind extends Principal = Principal> = {
  ok: true;
  principal: Kind;
  worksUntilMs: number;
  storedAtMs: number;
};

export type CredentialCache<Kind extends Principal = Principal> = ReturnType<typeof makeCredentialCache<Kind>>;

/**
 * Verified credentials of one kind by the SHA-256 of the whole credential, refused ones in a bounded store of their own for at
 * most 5 s. Counts hits, so that a test can show that a credential was warm.
 */
export function makeCredentialCache<Kind extends Principal>() {
  const entries = new Map<string, CachedCredential<Kind>>();
  /** A key has one hash; a grant has as many as it has tokens in use. */
  const hashesById = new Map<string, Set<string>>();
  const refused = new Map<string, number>();
  let generation = 0;
  const counters = { hits: 0, misses: 0, negativeHits: 0 };

  const remove = (hash: string): void => {
    const entry = entries.get(hash);
    entries.delete(hash);
    if (!entry) return;
    const id = credentialId(entry.principal);
    const hashes = hashesById.get(id);
    hashes?.delete(hash);
    if (hashes?.size === 0) hashesById.delete(id);
  };

  return {
    counters,
    /** Moves with every event: a look-up that began before it must not be stored. */
    generation: () => generation,
    get(hash: string, monotonicMs: number): CachedCredential<Kind> | undefined {
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
    set(hash: string, entry: CachedCredential<Kind>, readAt: number): void {
      if (readAt !== generation) return;
      if (entries.size >= ENTRIES_MAX) remove(firstOf(entries));
      entries.set(hash, entry);
      const id = credentialId(entry.principal);
      const hashes = hashesById.get(id);
      if (hashes) hashes.add(hash);
      else hashesById.set(id, new Set([hash]));
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
    /** Drops every credential of this key or grant. */
    forgetCredential(id: string): void {
      generation += 1;
      refused.clear();
      for (const hash of hashesById.get(id) ?? []) remove(hash);
    },
    forgetUser(userId: string): void {
      generation += 1;
      refused.clear();
      for (const [hash, entry] of entries) if (entry.principal.userId === userId) remove(hash);
    },
    clear(): void {
      generation += 1;
      entries.clear();
      hashesById.clear();
      refused.clear();
    },
  };
}

function firstOf(map: ReadonlyMap<string, unknown>): string {
  for (const key of map.keys()) return key;
  return "";
}
