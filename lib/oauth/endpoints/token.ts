import type { Endpoint } from "./endpoint.ts";

/** Before the token endpoint. */
export const tokenEndpoint: Endpoint = (_request, _response, next) => next();
