import { ANY_ORIGIN } from "#lib/server/protected-resource.ts";
import type { Endpoint } from "./endpoint.ts";
import { answeredByMethod, readForm } from "./presented-token.ts";
import { formFault, secondsUntilNext } from "./request-bounds.ts";
import { respondOAuth } from "./respond-oauth.ts";
import { withBody } from "./with-body.ts";

/**
 * Before an endpoint where programs begin something that is kept until a person answers: any page may call it, since no cookie is
 * looked at, and everything is answered in JSON, whatever else the client accepts (standards TOK-07). How much one address may begin
 * is limited, and so is what one request may say.
 */
export const forPrograms: Endpoint = async (request, response, next) => {
  if (answeredByMethod(request, response)) return;
  request.headers.accept = "application/json";
  for (const [name, value] of Object.entries(ANY_ORIGIN)) response.setHeader(name, value);
  const seconds = secondsUntilNext(request);
  if (seconds > 0) {
    const error_description = `too many requests from this address: try again in ${seconds} s`;
    const headers = { "Retry-After": String(seconds) };
    return respondOAuth(response, 429, { error: "temporarily_unavailable", error_description }, headers);
  }
  const posted = await readForm(request, response);
  if (!posted) return;
  const fault = formFault(posted.body.toString("latin1"));
  if (fault !== undefined) return respondOAuth(response, 400, { error: "invalid_request", error_description: fault });
  next(withBody(request, posted.body));
};
