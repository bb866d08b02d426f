import { db, type Tx } from "#lib/db.ts";
import { DomainError } from "#lib/errors.ts";
import { secretHash } from "../secret-hash.ts";

/** What stays of an answered request for as long as its page could be opened again. */
const ANSWER = { model: "Answer", lifetimeMs: 3_600_000 } as const;

/**
 * Takes the one answer that a request has, in the transaction of what the answer does (standards AUT-15).
 * @throws DomainError `interaction_answered` for whoever comes second, at the same moment too.
 */
export async function claimAnswer(tx: Pick<Tx, "oAuthArtifact">, uid: string, now: Date): Promise<void> {
  const expiresAt = new Date(now.getTime() + ANSWER.lifetimeMs);
  const { count } = await tx.oAuthArtifact.createMany({
    data: [{ model: ANSWER.model, idHash: secretHash(uid), payload: {}, expiresAt }],
    skipDuplicates: true,
  });
  if (count === 0) throw new DomainError("interaction_answered");
}

/** Whether this request was answered, for as long as its page could be opened again. */
export async function isAnswered(uid: string): Promise<boolean> {
  const answer = await db().oAuthArtifact.findUnique({
    where: { model_idHash: { model: ANSWER.model, idHash: secretHash(uid) } },
    select: { model: true },
  });
  return answer !== null;
}
