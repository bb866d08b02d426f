import { ProtocolError, ProtocolErrorCode, Server, type Tool as WireTool } from "@modelcontextprotocol/server";
import { AjvJsonSchemaValidator } from "@modelcontextprotocol/server/validators/ajv";
import type { Principal } from "#lib/auth/principal.ts";
import { isDomainError } from "#lib/errors.ts";
import { type Access, scopeAllows, scopeThatAllows } from "#lib/scopes.ts";
import type { Operation, Tool } from "./operation.ts";
import { VERSION } from "./operations/health.ts";
import { OPERATIONS } from "./operations.ts";

/** What one call to the MCP endpoint found out, for the log and for answers that JSON-RPC cannot give. */
export type McpCall = {
  principal: Principal;
  /** Set to the operation's name when a tool is called. */
  label: string;
  /** Why the call was refused. */
  reason: string | undefined;
  /** An outage or a defect: the HTTP answer has to say so, see handler.ts. */
  failure: unknown;
};

/** What an agent is told to do, of what its credential may do. */
function instructionsFor(scope: string): string {
  const read = scopeAllows(scope, "read") ? " Call pensyve_recall before answering." : "";
  const write = scopeAllows(scope, "write")
    ? " Call pensyve_remember for lasting facts, and pensyve_episode_start, pensyve_observe and pensyve_episode_end around one conversation or task."
    : "";
  return `Memory that lasts between conversations.${read}${write}`;
}

/** What {@link makeLegacyMcpServer} has none of. */
const EMPTY_LISTS: Readonly<Record<string, Record<string, []>>> = {
  "prompts/list": { prompts: [] },
  "resources/list": { resources: [] },
  "resources/templates/list": { resourceTemplates: [] },
};

/** Only elicitation uses it, which this server never asks for: one for all saves building one per request. */
const validator = new AjvJsonSchemaValidator();

/** The tools that `scope` may call, by name. */
function toolsFor(scope: string): WireTool[] {
  return TOOLS.filter(({ access }) => scopeAllows(scope, access)).map(({ tool }) => ({
    name: tool.name,
    description: tool.description,
    inputSchema: { type: "object", ...tool.inputSchema },
    annotations: tool.annotations,
  }));
}

type ToolOperation = { name: string; access: Access; tool: Tool };
const TOOLS: readonly ToolOperation[] = OPERATIONS.flatMap(({ name, access, tool }: Operation) =>
  tool ? [{ name, access, tool }] : [],
).toSorted((one, other) => (one.tool.name < other.tool.name ? -1 : 1));

/** The operation that a tool name stands for. */
export function findTool(name: unknown): ToolOperation | undefined {
  return TOOLS.find(({ tool }) => tool.name === name);
}

/**
 * A server for one request (a reused one has leaked answers between clients: CVE-2026-25536). `tools/list` names what the
 * credential may call and nothing else, and nothing else can be called (standards BER-13).
 */
export function makeMcpServer(call: McpCall): Server {
  const server = new Server(
    { name: "pensyve-mcp", version: VERSION },
    {
      capabilities: { tools: {} },
      instructions: instructionsFor(call.principal.scope),
      jsonSchemaValidator: validator,
    },
  );
  server.setRequestHandler("tools/list", () => ({ tools: toolsFor(call.principal.scope) }));
  server.setRequestHandler("tools/call", ({ params }) => callTool(call, params.name, params.arguments));
  return server;
}

/** The same for clients of older revisions, which ask for prompts and resources whatever a server says it has. */
export function makeLegacyMcpServer(call: McpCall): Server {
  const server = makeMcpServer(call);
  server.fallbackRequestHandler = async ({ method }) => {
    const empty = EMPTY_LISTS[method];
    if (empty) return empty;
    throw new ProtocolError(ProtocolErrorCode.MethodNotFound, `Method not found: ${method.slice(0, 64)}`);
  };
  return server;
}

/**
 * Runs a tool. The result is one text item that holds a JSON document; what went wrong inside the tool is a result too, with
 * `isError`. Unknown tools and arguments of the wrong shape are JSON-RPC errors.
 */
async function callTool(call: McpCall, name: string, args: unknown) {
  const operation = findTool(name);
  if (!operation) {
    call.reason = "not_found";
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, "tool not found");
  }
  const { scope } = call.principal;
  if (!scopeAllows(scope, operation.access)) {
    call.reason = "insufficient_scope";
    return errorResult(`Insufficient scope: ${name} requires ${scopeThatAllows(operation.access)}, key has ${scope}`);
  }
  try {
    const outcome = await operation.tool.call(call.principal, args);
    if (typeof outcome === "string") return { content: [{ type: "text" as const, text: outcome }] };
    call.reason = "invalid_input";
    if (outcome.kind === "value") return errorResult(outcome.message);
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, outcome.message);
  } catch (error) {
    if (error instanceof ProtocolError) throw error;
    if (isDomainError(error)) {
      call.reason = error.code;
      return errorResult(error.message);
    }
    call.failure = error;
    throw new ProtocolError(ProtocolErrorCode.InternalError, "Internal error");
  }
}

function errorResult(text: string) {
  return { content: [{ type: "text" as const, text }], isError: true };
}
