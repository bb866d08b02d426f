import { db } from "#lib/db.ts";
import { ACKNOWLEDGEMENT_WAIT_MS } from "#lib/events/receipt.ts";

/** How many authorization servers run, and how many of them sign with the key that was asked for. */
export type Signers = { renewed: number; of: number };

const POLL_MS = 25;
/** With a kid of 43 characters this fits into PostgreSQL's 63. */
const PREFIX = "pensyve-auth signs ";

/**
 * What an authorization server calls the connection on which it hears of changes: the key that it signs with, or none yet. The list
 * of connections is then the register of authorization servers, which nobody has to keep or to clean.
 */
export function signerName(kid: string | undefined): string {
  return PREFIX + (kid ?? "-");
}

/** Waits until every authorization server that runs signs with `kid`, at the longest as an act waits for gateways. */
export async function awaitSigners(kid: string): Promise<Signers> {
  const deadline = performance.now() + ACKNOWLEDGEMENT_WAIT_MS;
  for (;;) {
    const names = await db().$queryRaw<{ name: string }[]>`
      SELECT application_name AS name FROM pg_stat_activity
      WHERE datname = current_database() AND starts_with(application_name, ${PREFIX})`;
    const renewed = names.filter(({ name }) => name === signerName(kid)).length;
    if (renewed === names.length || performance.now() > deadline) return { renewed, of: names.length };
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
