import type { IncomingMessage, ServerResponse } from "node:http";
import { KEY_PREFIX } from "#lib/keys/key-format.ts";
import { withPresentedToken } from "../token-identity.ts";
import type { Endpoint } from "./endpoint.ts";
import { presentedKey } from "./presented-key.ts";
import { answeredByMethod, isJwt, readForm, single, verifyPresented, withHandle } from "./presented-token.ts";
import { respondOAuth, respondOutage } from "./respond-oauth.ts";
import { withBody } from "./with-body.ts";

/**
 * Before the introspection endpoint (RFC 7662): whoever does not authenticate gets 401, and the provider gets verified access
 * tokens and API keys under another name, since it takes no JWT and knows no key. It authenticates the client, looks at the grant, and answers.
 */
export const introspectEndpoint: Endpoint = async (request, response, next, environment) => {
  if (answeredByMethod(request, response)) return;
  const posted = await readForm(request, response);
  if (!posted) return;
  const { form } = posted;
  if (!isAuthenticating(request, form)) return respondUnauthenticated(response, environment.publicUrl);
  const token = single(form, "token");
  const isKey = token?.startsWith(KEY_PREFIX) ?? false;
  if (token === undefined || !(isKey || isJwt(token))) return next(withBody(request, posted.body));
  const payload = isKey
    ? await presentedKey(token, environment)
    : await verifyPresented(token, environment, { skew: false });
  if (payload === "unavailable") return respondOutage(response);
  const { handle, body } = withHandle(form, token);
  if (payload === "unknown") return next(withBody(request, body));
  withPresentedToken({ handle, payload }, () => next(withBody(request, body)));
};

/** A client id alone proves nothing (RFC 7662 section 2.1). */
function isAuthenticating(request: IncomingMessage, form: URLSearchParams): boolean {
  return request.headers.authorization !== undefined || form.has("client_secret") || form.has("client_assertion");
}

function respondUnauthenticated(response: ServerResponse, realm: string): void {
  const error_description = "introspection is for registered resource servers: authenticate as a client";
  const headers = { "WWW-Authenticate": `Basic realm="${realm}", error="invalid_client"` };
  respondOAuth(response, 401, { error: "invalid_client", error_description }, headers);
}
