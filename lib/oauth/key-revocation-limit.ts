import { singleton } from "#lib/singleton.ts";
import { type AddressLimit, makeAddressLimit } from "./address-limit.ts";

/** Keys sent to be revoked, by address: nobody has more to revoke at once, and each makes the database work. */
export function keyRevocationLimit(): AddressLimit {
  return singleton("key-revocation-limit", () => makeAddressLimit({ burst: 60, perMinute: 60 }));
}
