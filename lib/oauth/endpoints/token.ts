import type { IncomingMessage } from "node:http";
import { parse, unescape as percentDecode } from "node:querystring";
import type { Actor } from "#lib/audit/actor.ts";
import { withActor } from "#lib/audit/current-actor.ts";
import { requestAddress } from "#lib/server/client-address.ts";
import { ANY_ORIGIN } from "#lib/server/protected-resource.ts";
import { canonicalResource, type ResourceOrigins } from "../resources.ts";
import { callerOf, claimedClient, noteCaller, secondsToWait } from "../token-failures.ts";
import { readAhead } from "../token-request-rows.ts";
import type { Endpoint } from "./endpoint.ts";
import { answeredByMethod } from "./presented-token.ts";
import { respondOAuth } from "./respond-oauth.ts";
import { answeredTooSoon } from "./slow-down.ts";
import { readBody, withBody } from "./with-body.ts";

const FORM = /^application\/x-www-form-urlencoded\s*(;|$)/i;

/**
 * Before the token endpoint: any page may call it, everything is answered in JSON, callers that fail too often wait (standards
 * TOK-07, TOK-08, TOK-13), and a spelling of our resource other than the one that was authorized is no obstacle (RES-04, REF-09).
 */
export const tokenEndpoint: Endpoint = async (request, response, next, environment) => {
  if (answeredByMethod(request, response)) return;
  // Whatever else the client accepts. The provider leaves these headers alone when they are there.
  request.headers.accept = "application/json";
  for (const [name, value] of Object.entries(ANY_ORIGIN)) response.setHeader(name, value);
  const isForm = FORM.test(request.headers["content-type"] ?? "");
  const body = isForm ? await readBody(request) : Buffer.alloc(0);
  if (!body) {
    const error_description = "the form is larger than 56 KiB";
    return respondOAuth(response, 413, { error: "invalid_request", error_description });
  }
  const form = body.toString("latin1");
  const fields = parse(form);
  if (await answeredTooSoon(fields, response)) return;
  const clientId = claimedClient(fields, request.headers.authorization);
  const caller = callerOf(requestAddress(request), clientId);
  const retryAfter = secondsToWait(caller, Date.now());
  if (retryAfter > 0) {
    const error_description = `too many failed requests of this client, try again in ${retryAfter} s`;
    return respondOAuth(
      response,
      429,
      { error: "slow_down", error_description },
      { "Retry-After": String(retryAfter) },
    );
  }
  noteCaller(response, caller);
  const forwarded = isForm ? withBody(request, Buffer.from(withoutOurResource(form, environment), "latin1")) : request;
  await readAhead(forwarded, clientId, fields, environment.refreshGraceSeconds);
  await withActor(presenterOf(request), async () => next(forwarded));
};

/** Who a used code or token came from, should its grant end for that: the row of the audit names its owner, this address and program. */
function presenterOf(request: IncomingMessage): Actor {
  const userAgent = request.headers["user-agent"];
  return { kind: "system", userId: "", isAdministrator: false, address: requestAddress(request), userAgent };
}

/**
 * The form without its `resource`, when every value is a spelling of the one resource there is: the provider then takes the spelling
 * that was authorized. With any other value the form stays as it is, byte for byte, and is refused (RFC 8707 section 2.2).
 */
export function withoutOurResource(form: string, environment: ResourceOrigins): string {
  const pairs = form.split("&");
  const isResource = (pair: string): boolean => decode(pair.split("=", 1)[0] ?? "") === "resource";
  const named = pairs.filter(isResource);
  const isOurs = (pair: string): boolean =>
    canonicalResource(decode(pair.slice(pair.indexOf("=") + 1)), environment) !== undefined;
  if (named.length === 0 || !named.every((pair) => pair.includes("=") && isOurs(pair))) return form;
  return pairs.filter((pair) => !isResource(pair)).join("&");
}

/** As the provider reads a form: `+` is a space, what is no percent-encoding stays as it is. */
function decode(text: string): string {
  return percentDecode(text.replaceAll("+", " "));
}
