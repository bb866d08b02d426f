import type { Env } from "#lib/env.ts";
import { log } from "#lib/log.ts";
import { renewProvider } from "./provider.ts";
import { ensureSigningKey, nextKeyChange } from "./signing-keys.ts";

const LONGEST_WAIT_MS = 3_600_000;

/**
 * Keeps the provider of this process on the signing keys of now: when one begins to sign or is gone, and when told of a change.
 * @throws at the start, when a key cannot be decrypted.
 */
export async function keepSigningKeysFresh(
  environment: Env,
): Promise<{ renew(): Promise<void>; stop(): Promise<void> }> {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const renew = async (): Promise<void> => {
    await renewProvider(environment);
    const change = await nextKeyChange();
    if (stopped) return;
    clearTimeout(timer);
    const wait = change ? Math.max(0, change.getTime() - Date.now()) : LONGEST_WAIT_MS;
    timer = setTimeout(renewLater, Math.min(wait, LONGEST_WAIT_MS)).unref();
  };
  const renewLater = (): void => {
    renew().catch((error: unknown) => {
      log.error("The signing keys could not be read; the ones before stay in use", { error: String(error) });
      timer = setTimeout(renewLater, 5_000).unref();
    });
  };
  await ensureSigningKey();
  await renew();
  return {
    renew,
    async stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
