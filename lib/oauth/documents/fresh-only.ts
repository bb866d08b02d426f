import { AsyncLocalStorage } from "node:async_hooks";
import { singleton } from "#lib/singleton.ts";
import type { Answer } from "./read-document.ts";

/** A request that begins an authorization, and what documents were answered to it: the library asks again to report an error. */
export type FreshRequest = { answers: Map<string, Promise<Answer>> };
const storage = singleton("fresh-documents-only", () => new AsyncLocalStorage<FreshRequest>());

/**
 * Runs what begins an authorization: there a client is only what its document says now, since a redirect URI that was taken out must
 * not get a code any more. Elsewhere the last good document may stand in for a while (standards CIM-14).
 */
export function withFreshDocumentsOnly<Result>(work: () => Result): Result {
  return storage.run({ answers: new Map() }, work);
}

/** The request at work, when it is one that takes no document but today's. */
export function freshRequest(): FreshRequest | undefined {
  return storage.getStore();
}
