import { AsyncLocalStorage } from "node:async_hooks";
import type { AdapterPayload } from "oidc-provider";
import { singleton } from "#lib/singleton.ts";

/**
 * The token that a request to revoke or introspect presents, verified, when the provider itself could not read it: it takes no
 * JWT and keeps none. It gets the `handle` in place of the token, and asks the adapter for it.
 */
export type PresentedToken = {
  /** SHA-256 of the token, base64url: an opaque name that nothing stored has. */
  handle: string;
  payload: AdapterPayload;
};

const storage = singleton("presented-token", () => new AsyncLocalStorage<PresentedToken>());

/** Runs `work`, and what it starts, with the adapter answering for `token`. */
export function withPresentedToken(token: PresentedToken, work: () => void): void {
  storage.run(token, work);
}

/** The record of an access token as the provider would have stored it; undefined for any but the presented one. */
export function findPresentedToken(handle: string): AdapterPayload | undefined {
  const token = storage.getStore();
  return token?.handle === handle ? token.payload : undefined;
}
