import { setTimeout as sleep } from "node:timers/promises";
import { inTransaction, type Tx } from "#lib/db.ts";
import { DomainError } from "#lib/errors.ts";
import { isLockFailure } from "#lib/outage.ts";
import { sha256 } from "./idempotency-key.ts";
import type { Answer, Write, WriteAnswer } from "./operation.ts";

/** How long a repeat waits for the first: so long in this process, then so long in PostgreSQL. Less than clients wait. */
const WAIT_MS = 5_000;
const RETRY_AFTER_SECONDS = 1;
/** Longer answers are not kept. What a memory can hold is shorter, even if JSON has to escape each byte of it. */
const ANSWER_BYTES_MAX = 256 * 1024;
const REPLAYED = ["Idempotency-Replayed", "true"];

/** Writes of this process by owner and key, each until it has ended: repeats wait here, where they hold no connection. */
const atWork = new Map<string, Promise<void>>();

/** The key that the client chose, and what it asks for, see idempotency-key.ts. */
export type RepeatableRequest = { userId: string; key: string; fingerprint: Uint8Array<ArrayBuffer> };

/**
 * Does `write` once for an owner's key in 24 hours, by PostgreSQL's clock, and answers repeats with the first answer and the header
 * `Idempotency-Replayed: true`, from whatever process and with whatever credential of the owner. Key, write and answer are one
 * transaction: a process that dies leaves all of them or none. What fails leaves none either, so it can be repeated with the same key.
 * @throws DomainError what `write` throws;
 *   `idempotency_key_reused`: the key was used for another request;
 *   `answer_gone`: it was done, but what it wrote was deleted since (migration 20261124050000), or its answer was too long to keep;
 *   `write_in_progress`: the first has not ended in time
 */
export async function answerOnce(request: RepeatableRequest, write: Write): Promise<Answer> {
  const name = `${request.userId} ${request.key}`;
  const deadline = performance.now() + WAIT_MS;
  for (let first = atWork.get(name); first !== undefined; first = atWork.get(name)) {
    if (!(await endsBefore(first, deadline))) throw inProgress();
  }
  const answer = answerInTransaction(request, write);
  const forget = () => void atWork.delete(name);
  atWork.set(name, answer.then(forget, forget));
  return answer;
}

async function answerInTransaction({ userId, key, fingerprint }: RepeatableRequest, write: Write): Promise<Answer> {
  const claim = { userId, keyHash: sha256(key), fingerprint };
  try {
    return await inTransaction(async (tx) => {
      if (!(await take(tx, claim))) return await repeat(tx, claim);
      const answer = await write(tx);
      await keep(tx, claim, answer);
      return answer;
    });
  } catch (error) {
    if (isLockFailure(error)) throw inProgress(error);
    throw error;
  }
}

type Claim = { userId: string; keyHash: Uint8Array<ArrayBuffer>; fingerprint: Uint8Array<ArrayBuffer> };

/**
 * Takes the key, unless it is taken: waits for a transaction that is taking it, and takes it over when that fails. The time limits are
 * the transaction's: on waiting for others, and on the silence of a process or a network that died without a word.
 */
async function take(tx: Tx, { userId, keyHash, fingerprint }: Claim): Promise<boolean> {
  const taken = await tx.$executeRaw`
    WITH limits AS MATERIALIZED (
      SELECT set_config('lock_timeout', ${`${WAIT_MS}ms`}, true), set_config('idle_in_transaction_session_timeout', '20s', true))
    INSERT INTO answered_writes AS w (user_id, key_hash, fingerprint)
      SELECT ${userId}::uuid, ${keyHash}, ${fingerprint} FROM limits
    ON CONFLICT (user_id, key_hash) DO UPDATE
      SET fingerprint = excluded.fingerprint, status = NULL, answer = NULL, subject_id = NULL, created_at = now()
      WHERE w.created_at <= now() - interval '24 hours'`;
  return taken === 1;
}

async function repeat(tx: Tx, { userId, keyHash, fingerprint }: Claim): Promise<Answer> {
  const first = await tx.answeredWrite.findUniqueOrThrow({ where: { userId_keyHash: { userId, keyHash } } });
  if (first.fingerprint !== null && Buffer.compare(first.fingerprint, fingerprint) !== 0) {
    throw new DomainError("idempotency_key_reused");
  }
  const { status, answer } = first;
  if (status === null || answer === null) throw new DomainError("answer_gone");
  return { status, json: answer, headers: REPLAYED };
}

async function keep(tx: Tx, { userId, keyHash }: Claim, { status, json, subjectId }: WriteAnswer): Promise<void> {
  const answer = Buffer.byteLength(json) > ANSWER_BYTES_MAX ? null : json;
  await tx.answeredWrite.updateMany({
    where: { userId, keyHash },
    data: { status, answer, subjectId: subjectId ?? null },
  });
}

async function endsBefore(ended: Promise<void>, deadlineMs: number): Promise<boolean> {
  const timer = new AbortController();
  const late = sleep(Math.max(deadlineMs - performance.now(), 0), false, { signal: timer.signal });
  try {
    return await Promise.race([ended.then(() => true), late]);
  } finally {
    timer.abort();
  }
}

function inProgress(cause?: unknown): DomainError {
  return new DomainError("write_in_progress", { details: { retryAfterSeconds: RETRY_AFTER_SECONDS }, cause });
}
