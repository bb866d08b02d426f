import type { Endpoint } from "./endpoint.ts";

const PROVIDER_SESSION = /^(__Secure-)?pensyve-oauth(\.sig)?=/;

/**
 * Before the authorization endpoint: the provider's own session is dropped, so that every authorization passes our page and the
 * dashboard's session is the only identity. The resumed request, on a path below, keeps it.
 */
export const authorizeEndpoint: Endpoint = (request, _response, next) => {
  const cookies = (request.headers.cookie ?? "").split(/; */);
  request.headers.cookie = cookies.filter((cookie) => !PROVIDER_SESSION.test(cookie)).join("; ");
  next();
};
