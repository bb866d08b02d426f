import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { DomainError } from "#lib/errors.ts";
import { currentProvider } from "../provider.ts";
import { isAnswered } from "./consent-answer.ts";

export type ConsentState = "open" | "answered" | "elsewhere" | "expired";

/**
 * oidc-provider's record of the request that `cookies` (the Cookie header) belongs to. The library's own signed cookie, set to the
 * path of the consent page, binds it to the browser that began it; `uid` must be the one in that cookie.
 * @throws DomainError `interaction_gone` when it ended or is another browser's, `interaction_answered`.
 */
export async function interactionOf(uid: string, cookies: string) {
  const details = await find(uid, cookies);
  if (details && !details.result) return details;
  throw new DomainError(
    (await consentState(uid, cookies)) === "answered" ? "interaction_answered" : "interaction_gone",
  );
}

/** The same after its answer, until the browser has gone on with it. @throws DomainError as {@link interactionOf} */
export async function answeredInteraction(uid: string, cookies: string) {
  const details = await find(uid, cookies);
  if (details?.result) return details;
  throw new DomainError((await isAnswered(uid)) ? "interaction_answered" : "interaction_gone");
}

/** What the page of this request can be: still to be answered by this browser, answered, another browser's, or none. */
export async function consentState(uid: string, cookies: string): Promise<ConsentState> {
  if (await isAnswered(uid)) return "answered";
  const details = await find(uid, cookies);
  if (!details) return (await currentProvider().Interaction.find(uid)) ? "elsewhere" : "expired";
  return details.result ? "answered" : "open";
}

/** oidc-provider reads nothing but the cookies of a request here, and writes nothing. */
export function exchangeOf(cookies: string): [IncomingMessage, ServerResponse] {
  const request = new IncomingMessage(new Socket());
  request.headers["cookie"] = cookies;
  return [request, new ServerResponse(request)];
}

async function find(uid: string, cookies: string) {
  const provider = currentProvider();
  const details = await provider.interactionDetails(...exchangeOf(cookies)).catch((error: unknown) => {
    // The library's word for: no cookie, forged cookie, no record. An outage is something else.
    if (error instanceof Error && error.name === "SessionNotFound") return undefined;
    throw error;
  });
  return details?.uid === uid ? details : undefined;
}
