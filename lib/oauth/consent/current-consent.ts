import { AsyncLocalStorage } from "node:async_hooks";
import type { Actor } from "#lib/audit/actor.ts";
import { singleton } from "#lib/singleton.ts";
import type { ClientFacts } from "./client-facts.ts";

/** What a person has just allowed: the adapter learns of it here, as oidc-provider passes on only its own record. */
export type Consent = {
  actor: Actor;
  client: Pick<ClientFacts, "id" | "name" | "host" | "trust">;
  /** Space-separated. */
  scope: string;
  /** Of the request that this answers. */
  uid: string;
};

const storage = singleton("current-consent", () => new AsyncLocalStorage<Consent>());

export function withConsent<Result>(consent: Consent, work: () => Promise<Result>): Promise<Result> {
  return storage.run(consent, work);
}

export function currentConsent(): Consent | undefined {
  return storage.getStore();
}
