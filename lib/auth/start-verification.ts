import { db, directDatabaseConfig } from "#lib/db.ts";
import { startListener } from "#lib/events/listener.ts";
import type { CredentialEvent } from "#lib/events.ts";
import { log } from "#lib/log.ts";
import { setVerifier } from "./authenticate.ts";
import { type KeyCache, makeKeyCache } from "./key-cache.ts";
import { findStoredKey } from "./verify-key.ts";

export type Verification = {
  gatewayId: string;
  /** For metrics and tests: shows that a key was warm. */
  counters: KeyCache["counters"];
  /** Whether changes are heard; without, the gateway still answers, by asking the database each time. */
  isReady(): boolean;
  stop(): Promise<void>;
};

/** Registers this process as a gateway and starts verifying credentials. Resolves when it hears of every change. */
export async function startVerification(): Promise<Verification> {
  const cache = makeKeyCache();
  // Until it is known, keys without our checksum may exist: then they are looked up, which is slower and never wrong.
  let importedKeys = true;
  let changes = 0;
  const assumeImportedKeys = (): void => {
    importedKeys = true;
    changes += 1;
    cache.clear();
  };
  const readImportedKeys = async (): Promise<void> => {
    const before = changes;
    const found = await db().apiKey.findFirst({ where: { isImported: true }, select: { id: true } });
    if (before === changes) importedKeys = found !== null;
  };
  const onEvent = (event: CredentialEvent): void => {
    if (event.type === "key.changed") cache.forgetKey(event.subjectId);
    else if (event.type === "user.changed") cache.forgetUser(event.subjectId);
    else assumeImportedKeys();
  };
  const onReset = (): void => {
    assumeImportedKeys();
    readImportedKeys().catch((error: unknown) =>
      log.debug("Reading whether imported keys exist failed", { error: String(error) }),
    );
  };
  const listener = await startListener(directDatabaseConfig(), { onEvent, onReset });
  await readImportedKeys();
  setVerifier({ cache, isTrusted: listener.isTrusted, hasImportedKeys: () => importedKeys, findKey: findStoredKey });
  return {
    gatewayId: listener.gatewayId,
    counters: cache.counters,
    isReady: listener.isTrusted,
    stop: async () => {
      setVerifier(undefined);
      await listener.stop();
    },
  };
}
