import type { Endpoint } from "./endpoint.ts";

/** Before the register endpoint. */
export const registerEndpoint: Endpoint = (_request, _response, next) => next();
