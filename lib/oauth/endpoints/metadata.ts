import { ANY_ORIGIN } from "#lib/server/protected-resource.ts";
import { respondError, respondText } from "#lib/server/respond.ts";
import type { Endpoint } from "./endpoint.ts";

const CACHE_SECONDS = 300;
const DOCUMENTS = new Set([
  "/.well-known/oauth-authorization-server",
  "/.well-known/openid-configuration",
  "/oauth/jwks",
]);
const PROVIDER = /^\/oauth\/(authorize\/[^/]+|par|device|register\/[^/]+)$/;

/**
 * Before metadata, key set, and whatever else lies under `/oauth` and `/.well-known`: documents may be cached for five minutes
 * and read from any origin, what does not exist is JSON (standards ASM-13 to ASM-15).
 */
export const metadataEndpoint: Endpoint = (request, response, next) => {
  const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
  const isDocument = DOCUMENTS.has(path);
  if (!isDocument && PROVIDER.test(path)) return next();
  if (request.method === "OPTIONS") return respondText(response, 204, "", ANY_ORIGIN);
  if (!isDocument) return respondError(response, "not_found", ANY_ORIGIN);
  if (request.method !== "GET" && request.method !== "HEAD") {
    return respondError(response, "method_not_allowed", { Allow: "GET, HEAD, OPTIONS", ...ANY_ORIGIN });
  }
  for (const [name, value] of Object.entries(ANY_ORIGIN)) response.setHeader(name, value);
  response.setHeader("Cache-Control", `public, max-age=${CACHE_SECONDS}`);
  response.setHeader("X-Content-Type-Options", "nosniff");
  next();
};
