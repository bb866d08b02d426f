import type { Adapter } from "oidc-provider";

/**
 * The provider's own sessions of people, which are kept nowhere: the dashboard's session says who somebody is, at each request
 * anew. A kept one would be asked when the person has changed, and would answer with a page of the library's.
 */
export function noSessionAdapter(): Adapter {
  return {
    find: () => Promise.resolve(undefined),
    findByUid: () => Promise.resolve(undefined),
    findByUserCode: () => Promise.resolve(undefined),
    upsert: () => Promise.resolve(),
    consume: () => Promise.resolve(),
    destroy: () => Promise.resolve(),
    revokeByGrantId: () => Promise.resolve(),
  };
}
