import type { IncomingMessage, ServerResponse } from "node:http";
import { isOutage } from "#lib/outage.ts";
import { requestAddress } from "#lib/server/client-address.ts";
import { ANY_ORIGIN } from "#lib/server/protected-resource.ts";
import { respondError, respondText } from "#lib/server/respond.ts";
import { singleton } from "#lib/singleton.ts";
import { type AddressLimit, makeAddressLimit } from "../address-limit.ts";
import { withStoredSecret } from "../registration/registered-secret.ts";
import { isRegistrationFull } from "../registration/registration-cap.ts";
import {
  type RegistrationRequest,
  registeredClientId,
  registrationRequest,
} from "../registration/registration-request.ts";
import { isStorable } from "../storable-text.ts";
import { findClientRow } from "../token-statements.ts";
import type { Endpoint } from "./endpoint.ts";
import { respondOAuth, respondOutage } from "./respond-oauth.ts";
import { readBody, withBody } from "./with-body.ts";

const BODY_BYTES_MAX = 16 * 1024;
/** Generous, since hosted clients register all their users from a few addresses (standards REG-10). */
const ALLOWANCE = { burst: 1_000, perMinute: 60 };
const NOT_STORABLE = "the metadata has a NUL character or half a surrogate pair, or is nested too deep";
const FULL = {
  error: "temporarily_unavailable",
  error_description: "too many registrations wait for somebody to use them: try again in an hour",
} as const;
const FULL_RETRY_SECONDS = "3600";

/**
 * Before dynamic registration (RFC 7591) and its management (RFC 7592), which lies on the paths below: CORS for every answer,
 * errors included, a limit for each address, bounds, and only the metadata that a client may decide itself (standards REG-02 to
 * REG-14). What is left, oidc-provider registers.
 */
export const registerEndpoint: Endpoint = async (request, response, next, environment) => {
  const clientId = registeredPath(request);
  if (environment.registration === "off") return respondError(response, "not_found", ANY_ORIGIN);
  if (request.method === "OPTIONS") return respondText(response, 204, "", ANY_ORIGIN);
  const methods = clientId === undefined ? ["POST"] : ["GET", "PUT", "DELETE"];
  if (!methods.includes(request.method ?? "")) {
    const allowed = { Allow: [...methods, "OPTIONS"].join(", ") };
    return respondError(response, "method_not_allowed", { ...allowed, ...ANY_ORIGIN });
  }
  for (const [name, value] of Object.entries(ANY_ORIGIN)) response.setHeader(name, value);
  if (isTooMany(request, response)) return;
  if (request.method === "GET" || request.method === "DELETE") return next();
  const sent = await readBody(request, BODY_BYTES_MAX);
  if (!sent) return refuse(response, "invalid_client_metadata", "the metadata is larger than 16 KiB: register less");
  const body = jsonObject(sent);
  // What is no JSON object goes on as it is: the library says so.
  if (!body) return next(withBody(request, sent));
  const known = registrationRequest(body);
  if (!isStorable(known) || !isWellFormed(body["client_name"])) {
    return refuse(response, "invalid_client_metadata", NOT_STORABLE);
  }
  try {
    if (clientId === undefined) {
      if (await hasRoom(known)) return next(withBody(request, JSON.stringify(known)));
      return respondOAuth(response, 503, FULL, { "Retry-After": FULL_RETRY_SECONDS });
    }
    const changed = { ...known, ...(await withStoredSecret(clientId, body)) };
    next(withBody(request, JSON.stringify(changed)));
  } catch (error) {
    if (!isOutage(error)) throw error;
    respondOutage(response);
  }
};

/** Whether this registration makes no new row, or there is room for one. */
async function hasRoom(known: RegistrationRequest): Promise<boolean> {
  return !(await isRegistrationFull(Date.now())) || (await findClientRow(registeredClientId(known))) !== undefined;
}

/** A name is cleaned of what cannot be shown, but not mended. */
function isWellFormed(name: unknown): boolean {
  return typeof name !== "string" || name.isWellFormed();
}

/** One allowance for both: a guess at a registration token costs as much as a registration. */
function isTooMany(request: IncomingMessage, response: ServerResponse): boolean {
  const limit = singleton<AddressLimit>("registration-limit", () => makeAddressLimit(ALLOWANCE));
  const seconds = limit.take(requestAddress(request), Date.now());
  if (seconds === 0) return false;
  const error_description = `too many registrations from this address: try again in ${seconds} s`;
  respondOAuth(response, 429, { error: "temporarily_unavailable", error_description }, { "Retry-After": `${seconds}` });
  return true;
}

/** The client that a management request is about; undefined for a registration. */
function registeredPath(request: IncomingMessage): string | undefined {
  const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
  return path.startsWith("/oauth/register/") ? path.slice("/oauth/register/".length) : undefined;
}

function jsonObject(bytes: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString("utf8"));
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function refuse(response: ServerResponse, error: string, error_description: string): void {
  respondOAuth(response, 400, { error, error_description });
}
