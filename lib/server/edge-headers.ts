import type { IncomingMessage } from "node:http";
import { CLIENT_ADDRESS_HEADER, requestAddress } from "./client-address.ts";

/** Meant for one connection (RFC 9110 section 7.6.1); Transfer-Encoding stays, it tells that there is a body. */
const HOP_BY_HOP = ["connection", "keep-alive", "proxy-authorization", "proxy-connection", "te", "trailer", "upgrade"];
/** What proxies and Next's own parts tell each other. From outside it is a forgery (CVE-2025-29927 and its like). */
const INTERNAL = [
  "forwarded",
  "next-resume",
  "x-http-method-override",
  "x-matched-path",
  "x-middleware-",
  "x-internal-",
  "x-invoke-",
  "x-forwarded-",
  "x-next-",
  "x-now-",
  "x-original-",
  "x-prerender-",
  "x-real-ip",
  "x-rewrite-",
  "x-vercel-",
  CLIENT_ADDRESS_HEADER,
];

/**
 * Makes the headers that pages are served by true: Host and X-Forwarded-* are PUBLIC_URL's whatever was sent, internal and hop-by-hop headers
 * are gone, and the client's address stands in a header of its own.
 */
export function rewriteForPages(request: IncomingMessage, publicUrl: URL): void {
  const { headers } = request;
  for (const name of Object.keys(headers)) {
    if (HOP_BY_HOP.includes(name) || INTERNAL.some((prefix) => name.startsWith(prefix))) delete headers[name];
  }
  headers.host = publicUrl.host;
  headers["x-forwarded-host"] = publicUrl.host;
  headers["x-forwarded-proto"] = publicUrl.protocol.slice(0, -1);
  headers["x-forwarded-port"] = publicUrl.port || (publicUrl.protocol === "https:" ? "443" : "80");
  headers["x-forwarded-for"] = requestAddress(request);
  headers[CLIENT_ADDRESS_HEADER] = requestAddress(request);
  // The raw list has the same to say: some readers prefer it.
  request.rawHeaders = Object.entries(headers).flatMap(([name, value]) =>
    Array.isArray(value) ? value.flatMap((each) => [name, each]) : [name, value ?? ""],
  );
}
