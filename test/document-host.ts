import type { Fetch } from "#lib/oauth/documents/read-document.ts";

/** Hosts of clients' metadata documents, as the authorization server reaches them. */
export type DocumentHost = {
  fetch: Fetch;
  /** Publishes a document under its client id, with an answer of its own if need be. */
  publish(document: Record<string, unknown> & { client_id: string }, init?: ResponseInit): void;
  /** What is answered at an address instead. */
  answerWith(url: string, answer: () => Response | Promise<Response>): void;
  /** From now on nothing answers, or everything does again. */
  disconnect(): void;
  reconnect(): void;
  /** How often an address was asked. */
  asked(url: string): number;
};

/** The network that a test gives the authorization server in place of the internet. */
export function documentHost(): DocumentHost {
  const answers = new Map<string, () => Response | Promise<Response>>();
  const counts = new Map<string, number>();
  let isConnected = true;
  return {
    async fetch(url) {
      counts.set(url, (counts.get(url) ?? 0) + 1);
      if (!isConnected) throw new Error("getaddrinfo ENOTFOUND");
      return (await answers.get(url)?.()) ?? new Response("Not found", { status: 404 });
    },
    publish(document, init = {}) {
      answers.set(document.client_id, () => new Response(JSON.stringify(document), init));
    },
    answerWith: (url, answer) => void answers.set(url, answer),
    disconnect() {
      isConnected = false;
    },
    reconnect() {
      isConnected = true;
    },
    asked: (url) => counts.get(url) ?? 0,
  };
}
