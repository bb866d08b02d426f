import type { AdapterPayload } from "oidc-provider";
import { findStoredKey } from "#lib/auth/verify-key.ts";
import type { Env } from "#lib/env.ts";
import { keyHash } from "#lib/keys/key-hash.ts";
import { keyState, keyWorks, worksUntil } from "#lib/keys/key-state.ts";
import { isOutage } from "#lib/outage.ts";

/**
 * An API key as the record of an access token, so that resource servers may ask about either (standards INT-04): its owner and
 * scope, when it stops if it does, its id as `jti`, and no client.
 * @returns `unknown` for what no gateway takes; `unavailable` without the database.
 */
export async function presentedKey(
  key: string,
  { audience }: Pick<Env, "audience">,
  now = new Date(),
): Promise<AdapterPayload | "unknown" | "unavailable"> {
  try {
    const row = await findStoredKey(keyHash(key));
    if (!row || row.user.disabledAt !== null || !keyWorks(keyState(row, now))) return "unknown";
    const ends = worksUntil(row);
    return {
      kind: "AccessToken",
      jti: row.id,
      accountId: row.userId,
      scope: row.scope,
      aud: audience,
      ...(ends ? { exp: Math.floor(ends.getTime() / 1000) } : {}),
    };
  } catch (error) {
    if (isOutage(error)) return "unavailable";
    throw error;
  }
}
