import type { Endpoint } from "./endpoint.ts";

/** Before the introspect endpoint. */
export const introspectEndpoint: Endpoint = (_request, _response, next) => next();
