import type { Actor } from "#lib/audit/actor.ts";
import { type Withdrawn, withdrawAlive } from "./withdraw-alive.ts";

/**
 * Withdraws every app of the actor (standards GLO-02): one act, one receipt, an audit row for each installation. What was
 * allowed and not yet fetched by its app ends too. Keys and browser sessions stay.
 * @throws DomainError `grant_not_found` (there is none), `rate_limited`.
 */
export async function withdrawAll(actor: Actor, _input?: unknown, now = new Date()): Promise<Withdrawn> {
  return await withdrawAlive(actor, {}, now);
}
