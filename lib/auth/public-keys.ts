import { createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";
import { db } from "#lib/db.ts";

const READ_AGAIN_AFTER_MS = 10_000;

export type PublicKeys = {
  /**
   * The public key of `kid`; undefined for a key that is not ours, or is gone. An unknown `kid` makes it ask the database, at most
   * once in ten seconds (standards JWT-05). @throws when the database does not answer and the key is not known.
   */
  find(kid: string): Promise<KeyObject | undefined>;
  /** The set changed: read it again before the next answer. */
  forget(): void;
};

/** The public halves of the signing keys, as gateways keep them: read from the database, needing no secret. */
export function makePublicKeys(): PublicKeys {
  let keys: Promise<ReadonlyMap<string, PublicKey>> | undefined;
  let readAtMs = Number.NEGATIVE_INFINITY;
  const read = (): Promise<ReadonlyMap<string, PublicKey>> => {
    readAtMs = performance.now();
    const reading = readKeys();
    keys = reading;
    reading.catch(() => {
      if (keys === reading) keys = undefined;
    });
    return reading;
  };
  return {
    async find(kid) {
      let found = (await (keys ?? read())).get(kid);
      if (!found && performance.now() - readAtMs > READ_AGAIN_AFTER_MS) found = (await read()).get(kid);
      // A key that is gone verifies nothing, also where nobody has told yet.
      return found && (found.retiresAt === null || found.retiresAt > new Date()) ? found.key : undefined;
    },
    forget() {
      keys = undefined;
    },
  };
}

type PublicKey = { key: KeyObject; retiresAt: Date | null };

async function readKeys(): Promise<ReadonlyMap<string, PublicKey>> {
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
