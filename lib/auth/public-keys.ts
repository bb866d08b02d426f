import { createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";
import { db } from "#lib/db.ts";

/** How long a key that is not known stays so without asking again (standards JWT-05). */
const READ_AGAIN_AFTER_MS = 10_000;
/** The same while changes are not heard, and after a read that failed. */
const READ_SOON_AFTER_MS = 1_000;

export type PublicKeys = {
  /**
   * The public key of `kid`; undefined for a key that is not ours, or is gone. Known keys cost no look-up; a `kid` that is not known
   * makes it read the set, at most once in ten seconds, however many ask. While changes are not heard, a known key counts only by a
   * read that began after the question. @throws when the set had to be read and the database does not answer.
   */
  find(kid: string, isTrusted: boolean): Promise<KeyObject | undefined>;
  /** The set changed: read it again before the next answer. */
  forget(): void;
};
type PublicKey = { key: KeyObject; retiresAt: Date | null };
type KeySet = ReadonlyMap<string, PublicKey>;

/** The public halves of the signing keys, as gateways keep them: read from the database, needing no secret. */
export function makePublicKeys(
  load: () => Promise<KeySet> = readKeys,
  monotonicMs = () => performance.now(),
): PublicKeys {
  let known: KeySet | undefined;
  let last: Promise<void> | undefined;
  let queued: Promise<void> | undefined;
  let hasFailed = false;
  let startedAtMs = Number.NEGATIVE_INFINITY;

  const read = async (): Promise<void> => {
    const mine = load().then(
      (keys) => {
        // A read that began before the change was heard may have missed it.
        if (last !== mine) return;
        known = keys;
        hasFailed = false;
      },
      (error: unknown) => {
        // The set before stays: what it knows is as good as it was.
        if (last === mine) hasFailed = true;
        throw error;
      },
    );
    startedAtMs = monotonicMs();
    last = mine;
    await mine;
  };
  /** A read that begins from now on; all who ask while one runs share the next. */
  const readAfresh = (): Promise<void> => {
    queued ??= (async () => {
      await last?.catch(() => undefined);
      queued = undefined;
      await read();
    })();
    return queued;
  };
  /** Shares the read before as long as it is young enough: also its failure. */
  const refresh = async (afterMs: number): Promise<void> => {
    if (last === undefined || monotonicMs() - startedAtMs > afterMs) await read();
    else await last;
  };
  return {
    async find(kid, isTrusted) {
      if (!isTrusted && known?.has(kid)) await readAfresh();
      while (!known?.has(kid)) {
        const soon = !isTrusted || hasFailed;
        await refresh(soon ? READ_SOON_AFTER_MS : READ_AGAIN_AFTER_MS);
        if (known) break;
      }
      const found = known?.get(kid);
      // A key that is gone verifies nothing, also where nobody has told yet.
      return found && (found.retiresAt === null || found.retiresAt > new Date()) ? found.key : undefined;
    },
    forget() {
      known = undefined;
      last = undefined;
    },
  };
}

async function readKeys(): Promise<KeySet> {
  const rows = await db().signingKey.findMany({
    where: { OR: [{ retiresAt: null }, { retiresAt: { gt: new Date() } }] },
    select: { kid: true, publicJwk: true, retiresAt: true },
  });
  return new Map(
    rows.map(({ kid, publicJwk, retiresAt }) => [
      kid,
      { key: createPublicKey({ key: publicJwk as JsonWebKey, format: "jwk" }), retiresAt },
    ]),
  );
}
