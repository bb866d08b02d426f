import { ANY_ORIGIN } from "#lib/server/protected-resource.ts";
import type { Endpoint } from "./endpoint.ts";
import { answeredByMethod, readForm } from "./presented-token.ts";
import { withBody } from "./with-body.ts";

/**
 * Before an endpoint that only programs post to: any page may call it, since no cookie is looked at, and everything is answered in
 * JSON, whatever else the client accepts (standards TOK-07).
 */
export const forPrograms: Endpoint = async (request, response, next) => {
  if (answeredByMethod(request, response)) return;
  request.headers.accept = "application/json";
  for (const [name, value] of Object.entries(ANY_ORIGIN)) response.setHeader(name, value);
  const posted = await readForm(request, response);
  if (posted) next(withBody(request, posted.body));
};
