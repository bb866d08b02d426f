import { directDatabaseConfig } from "#lib/db.ts";
import type { Env } from "#lib/env.ts";
import { type Hearing, hearEvents } from "#lib/events/hear-events.ts";
import { log } from "#lib/log.ts";
import { renewProvider } from "../provider.ts";
import { tendSigningKeys } from "./rotate-signing-key.ts";
import { signerName } from "./signers.ts";
import { loadSigningKeys, prepareSigningKeys } from "./signing-keys.ts";

/** The ceiling for a change that nobody told of. */
const READ_AGAIN_MS = 60_000;
const RETRY_MS = 5_000;
const TEND_MS = 3_600_000;

/**
 * Keeps the provider of this process on the signing keys of now: when one begins to sign or is gone, when told of a change, and
 * once a minute whatever happens. Rotates keys that are old. Resolves when the provider can sign.
 * @throws StartError when a key cannot be decrypted. Later, the keys of before stay in use until it can.
 */
export async function keepSigningKeysFresh(environment: Env): Promise<{ stop(): Promise<void> }> {
  let events: Hearing | undefined;
  let inUse = "";
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  const renew = async (): Promise<void> => {
    const { kid, jwks, changesAt } = await loadSigningKeys(environment);
    const kids = jwks.map((jwk) => jwk.kid).join(" ");
    if (kids !== inUse) renewProvider(environment, jwks);
    inUse = kids;
    await events?.rename(signerName(kid));
    renewIn(changesAt ? changesAt.getTime() - Date.now() : READ_AGAIN_MS);
  };
  // One after the other: a set that was read earlier must not replace one that was read later.
  let queue: Promise<void> = Promise.resolve();
  const renewNow = (): void => {
    queue = queue.then(renew).catch((error: unknown) => {
      log.error("The signing keys could not be read; those of before stay in use", { error: String(error) });
      renewIn(RETRY_MS);
    });
  };
  const renewIn = (milliseconds: number): void => {
    clearTimeout(timer);
    const wait = Math.min(Math.max(milliseconds, 0), READ_AGAIN_MS);
    if (!isStopped) timer = setTimeout(renewNow, wait).unref();
  };
  let tended: Promise<void> = Promise.resolve();
  const tend = (): void => {
    tended = tendSigningKeys(environment).catch((error: unknown) => {
      log.warn("Looking after the signing keys failed; again in an hour", { error: String(error) });
    });
  };

  await prepareSigningKeys(environment);
  events = await hearEvents(directDatabaseConfig(), signerName(undefined), {
    onEvent: (event) => {
      if (event.type === "signing_key.changed") renewNow();
    },
    onMissed: renewNow,
  });
  const first = queue.then(renew);
  queue = first.catch(() => undefined);
  await first.catch(async (error: unknown) => {
    await events?.stop();
    throw error;
  });
  tend();
  const tending = setInterval(tend, TEND_MS).unref();
  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      clearInterval(tending);
      await Promise.all([queue, tended]);
      await events?.stop();
    },
  };
}
