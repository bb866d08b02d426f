import { db } from "#lib/db.ts";
import type { Prisma } from "#lib/generated/prisma/client.ts";
import { log } from "#lib/log.ts";
import { makeAddressLimit } from "../address-limit.ts";
import { setBounded } from "./bounded-map.ts";
import { documentLifetime } from "./document-lifetime.ts";
import type { FreshRequest } from "./fresh-only.ts";
import { type Answer, type Fetch, readDocument } from "./read-document.ts";
import { shippedDocument } from "./shipped-copies.ts";

const CACHED_MAX = 1_000;
/** How long a document may stand in for the one that cannot be fetched. */
const STALE_DAYS = 7;
const STAND_IN_SECONDS = 30;
/** How often a host is asked for documents that were not valid when they were asked for last. */
const FAILING_OF_HOST = { burst: 60, perMinute: 60 };
/** In place of an answer that would not be asked for: nothing stands in for a document whose host has said that it is none. */
const NOT_ASKED: Answer = { isReached: true, status: 429, headers: new Headers(), text: "" };
const JSON_TYPE = { "content-type": "application/json" };

type Cached = { text: string; endsAtMs: number; isStandIn: boolean };

export type ClientDocuments = {
  /**
   * What the library gets for a document: one that is still good, or an answer of the network, once for all who ask at a time.
   * While the network does not answer, the copy that is shipped; and, unless a `fresh` one is needed, the last good document of the
   * last seven days (standards CIM-14).
   * @throws what the network said.
   */
  fetch(clientId: string, options: RequestInit, fresh: FreshRequest | undefined): Promise<Response>;
  /** The library has found the document that was fetched last for this id valid: from now on it is kept. */
  keep(clientId: string): Promise<void>;
  /** Whether asking for this document costs the network nothing. */
  isAtHand(clientId: string, fresh: FreshRequest | undefined): boolean;
};

/** Metadata documents of clients, in this process and in the database. What is an error, or not valid, is never kept (standards CIM-07). */
export function makeClientDocuments(fetchDocument: Fetch): ClientDocuments {
  const cached = new Map<string, Cached>();
  /** Fetched, but not found valid yet. */
  const unproven = new Map<string, Cached>();
  const pending = new Map<string, Promise<Answer>>();
  /** Documents that were not found valid when they were asked for last, with what is answered while their host is not asked. */
  const failing = new Map<string, Answer>();
  const failingOfHost = makeAddressLimit(FAILING_OF_HOST);

  const usable = (clientId: string, fresh: FreshRequest | undefined): Cached | undefined => {
    const found = cached.get(clientId);
    return found && found.endsAtMs > Date.now() && !(found.isStandIn && fresh) ? found : undefined;
  };
  const standIn = (clientId: string, document: unknown): Response => {
    const text = JSON.stringify(document);
    const endsAtMs = Date.now() + STAND_IN_SECONDS * 1_000;
    setBounded(cached, clientId, { text, endsAtMs, isStandIn: true }, CACHED_MAX);
    return new Response(text, { headers: JSON_TYPE });
  };
  const ask = (clientId: string, options: RequestInit): Promise<Answer> => {
    const running = pending.get(clientId);
    if (running) return running;
    const last = failing.get(clientId);
    if (last && failingOfHost.take(new URL(clientId).host, Date.now()) > 0) return Promise.resolve(last);
    const started = readDocument(fetchDocument, clientId, options)
      .then((answer) => {
        setBounded(failing, clientId, answer.isReached ? NOT_ASKED : answer, CACHED_MAX);
        return answer;
      })
      .finally(() => pending.delete(clientId));
    pending.set(clientId, started);
    return started;
  };

  return {
    isAtHand: (clientId, fresh) =>
      pending.has(clientId) || fresh?.answers.has(clientId) || usable(clientId, fresh) !== undefined,
    async fetch(clientId, options, fresh) {
      // Only what this very call fetches may be kept afterwards.
      const found = usable(clientId, fresh);
      if (found) {
        unproven.delete(clientId);
        return new Response(found.text, { headers: JSON_TYPE });
      }
      const asked = fresh?.answers.get(clientId) ?? ask(clientId, options);
      fresh?.answers.set(clientId, asked);
      const answer = await asked;
      if ("error" in answer || answer.status !== 200) unproven.delete(clientId);
      if (!answer.isReached && !fresh) {
        const stored = await lastGood(clientId);
        if (stored) {
          report(clientId, answer, "the last good one");
          return standIn(clientId, stored);
        }
      }
      if ("error" in answer) {
        const shipped = shippedDocument(clientId);
        report(clientId, answer, shipped ? "the copy that is shipped" : "nothing");
        if (!shipped) throw answer.error;
        return standIn(clientId, shipped);
      }
      const { status, headers, text } = answer;
      if (status !== 200) report(clientId, answer, "nothing");
      if (status === 200) {
        const endsAtMs = Date.now() + documentLifetime(headers, Date.now()) * 1_000;
        setBounded(unproven, clientId, { text, endsAtMs, isStandIn: false }, CACHED_MAX);
      }
      return new Response(status === 200 ? text : null, { status, headers: JSON_TYPE });
    },
    async keep(clientId) {
      const proven = unproven.get(clientId);
      if (!proven) return;
      unproven.delete(clientId);
      failing.delete(clientId);
      setBounded(cached, clientId, proven, CACHED_MAX);
      const facts = { document: JSON.parse(proven.text) as Prisma.InputJsonObject, fetchedAt: new Date() };
      await db()
        .clientDocument.upsert({ where: { clientId }, create: { clientId, ...facts }, update: facts })
        .catch((error: unknown) => log.warn("A client's document could not be kept", { error: String(error) }));
    },
  };
}

/** For the operator, to whom a client that cannot connect is otherwise a riddle. The id is a stranger's, so only its host is named. */
function report(clientId: string, answer: Answer, standIn: string): void {
  const why = "error" in answer ? { error: String(answer.error) } : { status: answer.status };
  log.info("A client's metadata document could not be fetched", { host: new URL(clientId).host, ...why, standIn });
}

async function lastGood(clientId: string): Promise<Prisma.JsonValue | undefined> {
  const since = new Date(Date.now() - STALE_DAYS * 86_400_000);
  const row = await db().clientDocument.findFirst({ where: { clientId, fetchedAt: { gt: since } } });
  return row?.document;
}
