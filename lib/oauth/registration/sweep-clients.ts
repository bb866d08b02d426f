import { db } from "#lib/db.ts";

/** How long a registration, or a document, waits for somebody to allow it something: a day, and the hour that a consent may take. */
const UNUSED_HOURS = 24 + 1;

/**
 * Deletes up to `batch` clients that registered themselves and were never allowed anything within a day of their last registration,
 * with the tokens that manage them; and as many kept metadata documents of clients that no grant names. A client with a grant, or
 * that ever had one, stays, however old (standards REG-08, REG-09); so do those that the operator added.
 * @returns how many rows are gone; `batch` or more means that there may be others.
 */
export async function sweepUnusedClients(now: Date, batch: number): Promise<number> {
  const before = new Date(now.getTime() - UNUSED_HOURS * 3_600_000);
  const clients = await db().$queryRaw<{ id: string }[]>`
    DELETE FROM oauth_clients WHERE id IN (
      SELECT client.id FROM oauth_clients client
      WHERE client.kind = 'registered' AND client.last_granted_at IS NULL AND client.created_at < ${before}
        AND NOT EXISTS (SELECT 1 FROM oauth_grants WHERE client_id = client.id)
      ORDER BY client.created_at LIMIT ${batch} FOR UPDATE SKIP LOCKED)
    RETURNING id`;
  const managed = clients.map(({ id }) => id);
  if (managed.length > 0) {
    await db().$executeRaw`
      DELETE FROM oauth_artifacts WHERE model = 'RegistrationAccessToken' AND payload->>'clientId' = ANY(${managed})`;
  }
  const documents = await db().$executeRaw`
    DELETE FROM client_documents WHERE client_id IN (
      SELECT document.client_id FROM client_documents document
      WHERE document.fetched_at < ${before}
        AND NOT EXISTS (SELECT 1 FROM oauth_grants WHERE client_id = document.client_id)
      LIMIT ${batch})`;
  return clients.length + documents;
}
