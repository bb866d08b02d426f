import type { Endpoint } from "./endpoint.ts";
import { forPrograms } from "./for-programs.ts";

/** Before the endpoint for pushed authorization requests (RFC 9126), which nobody has to use. */
export const parEndpoint: Endpoint = forPrograms;
