import { db, directDatabaseConfig } from "#lib/db.ts";
import { startListener } from "#lib/events/listener.ts";
import type { CredentialEvent } from "#lib/events.ts";
import { log } from "#lib/log.ts";
import { setVerifiers } from "./authenticate.ts";
import { type CredentialCache, makeCredentialCache } from "./credential-cache.ts";
import type { AccessTokenPrincipal, ApiKeyPrincipal } from "./principal.ts";
import { makePublicKeys } from "./public-keys.ts";
import { isGrantAlive } from "./verify-access-token.ts";
import { findStoredKey } from "./verify-key.ts";

export type Verification = {
  gatewayId: string;
  /** For metrics and tests: shows that a key was warm. */
  counters: CredentialCache["counters"];
  tokenCounters: CredentialCache["counters"];
  /** Whether changes are heard; without, the gateway still answers, by asking the database each time. */
  isReady(): boolean;
  stop(): Promise<void>;
};

/** What access tokens must name (RFC 9068 section 4). */
type Issuer = { publicUrl: string; audience: string };

/** Registers this process as a gateway and starts verifying credentials. Resolves when it hears of every change. */
export async function startVerification({ publicUrl, audience }: Issuer): Promise<Verification> {
  const cache = makeCredentialCache<ApiKeyPrincipal>();
  const tokens = makeCredentialCache<AccessTokenPrincipal>();
  const publicKeys = makePublicKeys();
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
    if (event.type === "key.changed") cache.forgetCredential(event.subjectId);
    else if (event.type === "grant.revoked") tokens.forgetCredential(event.subjectId);
    else if (event.type === "user.changed") {
      cache.forgetUser(event.subjectId);
      tokens.forgetUser(event.subjectId);
    } else if (event.type === "signing_key.changed") {
      publicKeys.forget();
      tokens.clear();
    } else assumeImportedKeys();
  };
  const onReset = (): void => {
    assumeImportedKeys();
    tokens.clear();
    publicKeys.forget();
    readImportedKeys().catch((error: unknown) =>
      log.debug("Reading whether imported keys exist failed", { error: String(error) }),
    );
  };
  const listener = await startListener(directDatabaseConfig(), { onEvent, onReset });
  await readImportedKeys();
  const { isTrusted } = listener;
  setVerifiers({
    keys: { cache, isTrusted, hasImportedKeys: () => importedKeys, findKey: findStoredKey },
    tokens: { issuer: publicUrl, audience, cache: tokens, isTrusted, findPublicKey: publicKeys.find, isGrantAlive },
  });
  return {
    gatewayId: listener.gatewayId,
    counters: cache.counters,
    tokenCounters: tokens.counters,
    isReady: listener.isTrusted,
    stop: async () => {
      setVerifiers(undefined);
      await listener.stop();
    },
  };
}
