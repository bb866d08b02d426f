/** What a grant says about its client. */
type ClientOfGrant = { clientId: string; clientName: string; trust: string };

/**
 * What makes installations one product. A client whose id was checked is its id. One that registered itself may have registered
 * each installation anew, so there it is the name that it gave itself.
 */
export function productKey({ clientId, clientName, trust }: ClientOfGrant): string {
  return trust === "unverified" ? `name ${clientName}` : `id ${clientId}`;
}
