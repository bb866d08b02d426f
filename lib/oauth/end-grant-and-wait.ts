import { currentActor } from "#lib/audit/current-actor.ts";
import { act } from "#lib/events/act.ts";
import { endGrant, type GrantEnd } from "#lib/grants/end-grant.ts";
import { reusedTokenMail } from "#lib/mail/reused-token.ts";
import { queueMail } from "#lib/mail/send-mail.ts";
import { singleton } from "#lib/singleton.ts";

const ending = singleton("ending-grants", () => new Map<string, Promise<void>>());

/**
 * Ends a grant and waits until every gateway refuses its access tokens. The provider asks once for each of its models, all at the
 * same time; those calls share one transaction and one wait. Its owner hears of reuse by mail, after that.
 * @throws what the database throws; then nothing happened.
 */
export function endGrantAndWait(grantId: string, end: GrantEnd): Promise<void> {
  const running = ending.get(grantId);
  if (running) return running;
  const work = endIt(grantId, end).finally(() => ending.delete(grantId));
  ending.set(grantId, work);
  return work;
}

async function endIt(grantId: string, end: GrantEnd): Promise<void> {
  const now = new Date();
  const { result: wasAlive } = await act((tx) => endGrant(tx, grantId, end, currentActor(), now));
  if (wasAlive && end === "reuse") queueMail(() => reusedTokenMail(grantId, now));
}
