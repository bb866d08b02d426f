import { ANY_ORIGIN } from "#lib/server/protected-resource.ts";
import { respondError } from "#lib/server/respond.ts";
import type { Endpoint } from "./endpoint.ts";
import { forPrograms } from "./for-programs.ts";

/** Before the device authorization endpoint (RFC 8628 section 3.1), which is there unless the operator has closed it. */
export const deviceEndpoint: Endpoint = (request, response, next, environment, showPage) =>
  environment.deviceFlow === "off"
    ? respondError(response, "not_found", ANY_ORIGIN)
    : forPrograms(request, response, next, environment, showPage);
