import type { Endpoint } from "./endpoint.ts";

/** Before the revoke endpoint. */
export const revokeEndpoint: Endpoint = (_request, _response, next) => next();
