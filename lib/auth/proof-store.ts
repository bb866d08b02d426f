import { db } from "#lib/db.ts";

/** Longer than any proof can be fresh: by its own time, or by a nonce. */
const KEPT_SECONDS = 600;

/** What proofs need of the database. Both throw when it does not answer. */
export type ProofStore = {
  /** The key that nonces are made with, the same in every gateway. */
  nonceKey(): Promise<Uint8Array>;
  /** Uses a proof. @returns false when it was used before, by whichever gateway. */
  use(hash: Uint8Array<ArrayBuffer>): Promise<boolean>;
};

/** {@link ProofStore} on PostgreSQL. */
export function makeProofStore(): ProofStore {
  let key: Uint8Array | undefined;
  return {
    async nonceKey() {
      key ??= (await db().proofNonceKey.findUniqueOrThrow({ where: { id: 1 }, select: { key: true } })).key;
      return key;
    },
    async use(hash) {
      // One statement decides, by one clock: of two requests with one proof, one is refused.
      const count = await db().$executeRaw`
        INSERT INTO proof_replays AS r (hash, expires_at)
        VALUES (${hash}, clock_timestamp() + make_interval(secs => ${KEPT_SECONDS}))
        ON CONFLICT (hash) DO UPDATE SET expires_at = EXCLUDED.expires_at WHERE r.expires_at < clock_timestamp()`;
      return count > 0;
    },
  };
}
