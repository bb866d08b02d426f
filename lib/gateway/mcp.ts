import {
  createMcpHandler,
  isLegacyRequest,
  type McpHttpHandler,
  WebStandardStreamableHTTPServerTransport,
} from "@modelcontextprotocol/server";
import { log } from "#lib/log.ts";
import { scopeAllows, scopeThatAllows } from "#lib/scopes.ts";
import type { Exchange, Outcome } from "./exchange.ts";
import { fail } from "./fail.ts";
import { findTool, type McpCall, makeLegacyMcpServer, makeMcpServer } from "./mcp-server.ts";
import { readJsonBody } from "./read-body.ts";
import { insufficientScope } from "./refuse.ts";
import { answerError, answerJson, answerText } from "./respond.ts";

/** JSON-RPC 2.0 section 5.1. */
const PARSE_ERROR = -32_700;
const INVALID_REQUEST = -32_600;
const METHOD_NOT_FOUND = -32_601;

/** What the SDK looks at. Everything else, the credential first, stays here. */
const FORWARDED = ["mcp-protocol-version", "mcp-method", "mcp-name"] as const;
/** All that the log and the usage count may call a message that is no tool call. */
const PROTOCOL = "protocol";

/**
 * The MCP endpoint, for both eras on one URL: 2026-07-28, where each request stands alone, and the older revisions, served
 * without sessions. What a message is and whether it is allowed is decided from the body that is then executed, never from a
 * header (standards TRN-14).
 */
export async function serveMcp(exchange: Exchange): Promise<Outcome> {
  exchange.label = PROTOCOL;
  const { method, request } = exchange;
  if (method !== "POST") {
    answerError(exchange, "method_not_allowed", { headers: ["Allow", "POST"] });
    return "done";
  }
  const body = await readJsonBody(request);
  if (body.kind === "value") await serveValue(exchange, body.value);
  else if (body.kind === "too_large") answerError(exchange, "body_too_large");
  else if (body.kind === "unsupported") answerError(exchange, "unsupported_media_type");
  else if (body.kind === "aborted") answerError(exchange, "invalid_request");
  else answerParseError(exchange);
  return "done";
}

async function serveValue(exchange: Exchange, value: unknown): Promise<void> {
  if (value === undefined) answerParseError(exchange);
  else if (typeof value === "object" && value !== null && !Array.isArray(value)) await serveMessage(exchange, value);
  // A batch could ask for much at the price of one request; no current revision has batches.
  else answerRpcError(exchange, 400, INVALID_REQUEST, "Invalid Request: send one message at a time");
}

async function serveMessage(exchange: Exchange, message: object): Promise<void> {
  const { principal } = exchange;
  if (!principal) throw new Error("serveMcp runs after verifyCredential.");
  const tool = calledTool(message);
  if (tool) exchange.label = tool.name;
  // A client with a token can ask for more scope, and does so on 403 (MCP step-up). A key cannot: it gets a tool error.
  if (tool && principal.kind === "access_token" && !scopeAllows(principal.scope, tool.access)) {
    insufficientScope(exchange, scopeThatAllows(tool.access));
    return;
  }
  const call: McpCall = { principal, label: exchange.label, reason: undefined, failure: undefined };
  const request = webRequest(exchange);
  const isLegacy = await isLegacyRequest(request, message);
  if (!isLegacy && methodOf(message) === "subscriptions/listen") {
    // Nothing here changes without the client's doing, so there is nothing to listen to.
    answerRpcError(exchange, 404, METHOD_NOT_FOUND, "Method not found", idOf(message));
    return;
  }
  const response = isLegacy ? await serveLegacy(request, message, call) : await serveModern(request, message, call);
  exchange.reason = call.reason;
  if (call.failure !== undefined) {
    fail(exchange, call.failure);
    return;
  }
  const text = await response.text();
  answerText(exchange, response.status, text, response.headers.get("content-type") ?? undefined);
}

/** One server and one transport for one request, closed when it is answered. */
async function serveLegacy(request: Request, message: object, call: McpCall): Promise<Response> {
  const server = makeLegacyMcpServer(call);
  const accept = request.headers.get("accept") ?? "";
  const onlyStream = accept.includes("text/event-stream") && !accept.includes("json") && !accept.includes("*/*");
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: !onlyStream });
  // The SDK wants both named; clients of all kinds name one, or none, and read JSON.
  request.headers.set("accept", "application/json, text/event-stream");
  await server.connect(transport);
  const response = await transport.handleRequest(request, { parsedBody: message });
  if (!onlyStream) await server.close();
  return response;
}

/** Which call a request belongs to: the factory of the one handler gets nothing but the request. */
const calls = new WeakMap<Request, McpCall>();
let handler: McpHttpHandler | undefined;

function serveModern(request: Request, message: object, call: McpCall): Promise<Response> {
  handler ??= createMcpHandler(
    ({ requestInfo }) => {
      const known = requestInfo && calls.get(requestInfo);
      if (!known) throw new Error("An MCP server was asked for without a call.");
      return makeMcpServer(known);
    },
    {
      legacy: "reject",
      onerror: (error) => log.debug("MCP request refused", { reason: error.message }),
    },
  );
  calls.set(request, call);
  return handler.fetch(request, { parsedBody: message });
}

function webRequest({ request }: Exchange): Request {
  const headers = new Headers({ "content-type": "application/json" });
  const { accept } = request.headers;
  if (accept !== undefined) headers.set("accept", accept);
  for (const name of FORWARDED) {
    const value = request.headers[name];
    if (typeof value === "string") headers.set(name, value);
  }
  return new Request("http://localhost/mcp", { method: "POST", headers });
}

function calledTool(message: object): ReturnType<typeof findTool> {
  if (methodOf(message) !== "tools/call" || !("params" in message)) return undefined;
  const { params } = message;
  return typeof params === "object" && params !== null && "name" in params ? findTool(params.name) : undefined;
}

function methodOf(message: object): unknown {
  return "method" in message ? message.method : undefined;
}

function idOf(message: object): string | number | null {
  const id = "id" in message ? message.id : null;
  return typeof id === "string" || typeof id === "number" ? id : null;
}

function answerParseError(exchange: Exchange): void {
  answerRpcError(exchange, 400, PARSE_ERROR, "Parse error: send one JSON object, encoded as UTF-8, each name once");
}

function answerRpcError(
  exchange: Exchange,
  status: number,
  code: number,
  message: string,
  id: string | number | null = null,
): void {
  exchange.reason = "invalid_request";
  answerJson(exchange, status, JSON.stringify({ jsonrpc: "2.0", error: { code, message }, id }));
}
