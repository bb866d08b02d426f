import { type FailureLimit, makeFailureLimit } from "#lib/gateway/failure-limit.ts";
import { singleton } from "#lib/singleton.ts";

/** Keys sent to be revoked, 60 a minute and address: nobody has more to revoke, and each makes the database work. */
export function keyRevocationLimit(): FailureLimit {
  return singleton("key-revocation-limit", makeFailureLimit);
}
