import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { Env } from "../env.ts";
import { newId } from "../ids.ts";
import { log } from "../log.ts";
import { clientAddress, setRequestAddress } from "./client-address.ts";
import { countResponse } from "./count-response.ts";
import { rewriteForPages } from "./edge-headers.ts";
import { allowedHosts, singleHost } from "./host-check.ts";
import { jsonNotFound } from "./json-not-found.ts";
import { serveMetrics } from "./metrics.ts";
import { ANY_ORIGIN, PROTECTED_RESOURCE, serveProtectedResource } from "./protected-resource.ts";
import { respondError, respondText } from "./respond.ts";

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;
/** What this process serves; a part it does not have is answered with 404. */
export type Parts = {
  gateway: Handler | undefined;
  authorizationServer: Handler | undefined;
  pages: Handler | undefined;
  /** Whether requests can be served now: the database answers, and the gateway hears of changes. */
  isReady: () => Promise<boolean>;
};

const GATEWAY = ["/v1", "/mcp"];
/** Where standards look for documents; a client reads JSON there, also when there is none. */
const DISCOVERY = ["/.well-known", "/oauth"];
/** Two years, as pages promise it (RFC 6797). */
const HTTPS_ONLY = "max-age=63072000";

/** The listener of the server: checks Host, works out the client's address, and hands each path to the part that serves it. */
export function frontDoor(environment: Env, parts: Parts): RequestListener {
  const hosts = allowedHosts(environment);
  const publicUrl = new URL(environment.publicUrl);
  return (request, response) => {
    const target = request.url ?? "/";
    const queryAt = target.indexOf("?");
    const path = queryAt < 0 ? target : target.slice(0, queryAt);
    if (isProbe(path)) return void serveProbe(environment, parts, path, request, response);
    // A target in absolute form would name a second host (RFC 9112 section 3.2.2), and `//x` reads as one.
    if (path[0] !== "/" || path[1] === "/" || path[1] === "\\") return respondError(response, "invalid_request");
    const host = singleHost(request.rawHeaders);
    if (host === undefined || !hosts.has(host)) return misdirected(path, response);
    const forwardedFor = environment.trustProxy > 0 ? request.headers["x-forwarded-for"] : undefined;
    const forwarded = Array.isArray(forwardedFor) ? forwardedFor.join(",") : forwardedFor;
    setRequestAddress(request, clientAddress(request.socket.remoteAddress, forwarded, environment.trustProxy));

    if (isUnder(GATEWAY, path) || path === "/openapi.json") {
      if (parts.gateway) return parts.gateway(request, response);
      return respondError(response, "not_found");
    }
    if (isUnder(DISCOVERY, path)) {
      if (publicUrl.protocol === "https:") response.setHeader("Strict-Transport-Security", HTTPS_ONLY);
      if (isUnder([PROTECTED_RESOURCE], path))
        return serveProtectedResource(environment, host, path, request, response);
      if (parts.authorizationServer) return parts.authorizationServer(request, response);
      if (request.method === "OPTIONS") return respondText(response, 204, "", ANY_ORIGIN);
      return respondError(response, "not_found", ANY_ORIGIN);
    }
    if (!parts.pages) return respondError(response, "not_found");
    if (isNavigation(request) && new URL(`http://${host}`).hostname !== publicUrl.hostname) {
      return sendTo(`${publicUrl.origin}${target}`, response);
    }
    logPage(request, response, path);
    rewriteForPages(request, publicUrl);
    jsonNotFound(request, response);
    parts.pages(request, response);
  };
}

/** One line per page; the gateway writes its own. Without the query, which may hold a one-time token. */
function logPage(request: IncomingMessage, response: ServerResponse, path: string): void {
  const started = performance.now();
  const requestId = newId();
  response.setHeader("X-Request-Id", requestId);
  // Error pages name it; whatever the client sent under this name is gone.
  request.headers["x-request-id"] = requestId;
  const write = path.startsWith("/_next/") ? log.debug : log.info;
  response.once("close", () => {
    const outcome = response.writableFinished ? response.statusCode : "aborted";
    const durationMs = Math.round(performance.now() - started);
    countResponse(response.statusCode);
    write("page", { requestId, method: request.method, path, outcome, durationMs });
  });
}

/** Load balancers and monitoring reach these by address, whatever Host they send. */
function isProbe(path: string): boolean {
  return path === "/health" || path === "/ready" || path === "/metrics";
}

async function serveProbe(
  environment: Env,
  parts: Parts,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== "GET" && request.method !== "HEAD") {
    return respondError(response, "method_not_allowed", { Allow: "GET, HEAD" });
  }
  if (path === "/health") return respondText(response, 200, "ok");
  if (path === "/metrics") return serveMetrics(environment, request, response);
  const isReady = await parts.isReady().catch((error: unknown) => {
    log.warn("Not ready", { reason: String(error) });
    return false;
  });
  respondText(response, isReady ? 200 : 503, isReady ? "ready" : "not ready");
}

/** A person opens an address, rather than a program or a page asking. */
function isNavigation(request: IncomingMessage): boolean {
  return request.method === "GET" && request.headers["sec-fetch-mode"] === "navigate";
}

/** Pages live under one name: cookies and the check of Origin know no other, so a form opened as 127.0.0.1 could not be sent. */
function sendTo(url: string, response: ServerResponse): void {
  respondText(response, 307, `Open ${url}`, { Location: url });
}

function misdirected(path: string, response: ServerResponse): void {
  const isForPrograms = isUnder([...GATEWAY, ...DISCOVERY, "/api", "/openapi.json"], path);
  if (isForPrograms) respondError(response, "misdirected_request");
  else respondText(response, 421, "This server is not known under that host name. Open it at its PUBLIC_URL.");
}

function isUnder(prefixes: readonly string[], path: string): boolean {
  return prefixes.some(
    (prefix) => path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === "/"),
  );
}
