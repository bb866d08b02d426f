/** What a grant says about its client. */
type ClientOfGrant = { clientId: string; clientName: string; trust: string };

/**
 * Which grants are installations of one product, as columns that are then equal. A client whose id was checked is its id. One that
 * registered itself may have registered each installation anew, so there it is the name that it gave itself.
 */
export function productOf({ clientId, clientName, trust }: ClientOfGrant) {
  return trust === "unverified" ? { trust, clientName } : { trust, clientId };
}
