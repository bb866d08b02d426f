import type { IncomingMessage, ServerResponse } from "node:http";
import type { Env } from "#lib/env.ts";
import { KEY_PREFIX } from "#lib/keys/key-format.ts";
import { revokeKeyByPossession } from "#lib/keys/revoke-key-by-possession.ts";
import { isOutage } from "#lib/outage.ts";
import { requestAddress } from "#lib/server/client-address.ts";
import { keyRevocationLimit } from "../key-revocation-limit.ts";
import { withPresentedToken } from "../token-identity.ts";
import type { Endpoint } from "./endpoint.ts";
import {
  answeredByMethod,
  isJwt,
  type PostedForm,
  readForm,
  single,
  verifyPresented,
  withHandle,
} from "./presented-token.ts";
import { respondOAuth, respondOutage } from "./respond-oauth.ts";
import { withBody } from "./with-body.ts";

type Next = (request?: IncomingMessage) => void;

/**
 * Before the revocation endpoint (RFC 7009): access tokens are JWTs, which the provider does not take, so it gets the verified
 * token under another name and stays the one who authenticates the client and decides. API keys are revoked by whoever holds
 * them, without a client.
 */
export const revokeEndpoint: Endpoint = async (request, response, next, environment) => {
  if (answeredByMethod(request, response)) return;
  const posted = await readForm(request, response);
  if (!posted) return;
  const token = single(posted.form, "token");
  if (token?.startsWith(KEY_PREFIX) && (await answeredForKey(token, posted, request, response))) return;
  if (token === undefined || !isJwt(token)) return next(withBody(request, posted.body));
  await revokeJwt(token, posted, request, response, next, environment);
};

async function revokeJwt(
  token: string,
  { form }: PostedForm,
  request: IncomingMessage,
  response: ServerResponse,
  next: Next,
  environment: Env,
): Promise<void> {
  const payload = await verifyPresented(token, environment, { skew: true });
  if (payload === "unavailable") return respondOutage(response);
  const { handle, body } = withHandle(form, token);
  // Expired, forged or not of ours: the client is authenticated all the same, and told 200 (RFC 7009 section 2.2).
  if (payload === "unknown") return next(withBody(request, body));
  withPresentedToken({ handle, payload }, () => next(withBody(request, body)));
}

/** Holding a key is enough to end it. False for what is no key of ours, and somebody's token by its client. */
async function answeredForKey(
  key: string,
  { form }: PostedForm,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const address = requestAddress(request);
  const retryAfter = keyRevocationLimit().take(address, Date.now());
  if (retryAfter > 0) {
    const error_description = `too many requests, try again in ${retryAfter} s`;
    respondOAuth(response, 429, { error: "slow_down", error_description }, { "Retry-After": String(retryAfter) });
    return true;
  }
  try {
    const revoked = await revokeKeyByPossession(key, { address, userAgent: request.headers["user-agent"] });
    if (!revoked && (form.has("client_id") || request.headers.authorization !== undefined)) return false;
    respondOAuth(response, 200, undefined);
  } catch (error) {
    if (!isOutage(error)) throw error;
    respondOutage(response);
  }
  return true;
}
