import { z } from "zod";
import { type Access, scopeThatAllows } from "#lib/scopes.ts";
import { isWrite, type Method, type Operation, type PublicOperation, schemaOf } from "./operation.ts";
import { VERSION } from "./operations/health.ts";
import type { GatewaySettings } from "./settings.ts";

type Json = Record<string, unknown>;
type Properties = Record<string, Json>;

const ERROR_SCHEMA = {
  type: "object",
  required: ["error", "message", "request_id"],
  properties: {
    error: { type: "string", description: "A code that programs can compare." },
    message: { type: "string", description: "What is wrong and what to do next." },
    detail: { type: "string", description: "The same as message, for older clients." },
    retryAfter: { type: "integer", description: "Seconds to wait, with 429 and 503." },
    request_id: { type: "string" },
  },
};

const RESPONSES = {
  400: "A value is not valid, or the body is not JSON.",
  401: "No credential, or one that is not valid.",
  403: "The credential's scope does not allow it.",
  404: "It does not exist, or is not yours.",
  413: "The body is larger than 2 MiB.",
  415: "The body is not application/json.",
  422: "A field is missing or has the wrong type.",
  429: "Too many requests; see Retry-After.",
  503: "The database does not answer; see Retry-After.",
} as const;

/** The same of operations that listen to an Idempotency-Key. */
const WRITE_RESPONSES: Readonly<Record<string, string>> = {
  ...RESPONSES,
  400: "A value is not valid, the body is not JSON, or the Idempotency-Key is not 1 to 255 printable ASCII characters.",
  410: "This Idempotency-Key's write was done, and its answer is gone with what it wrote.",
  422: "A field is missing or has the wrong type, or the Idempotency-Key belongs to another request.",
  503: "The database does not answer, or the first request with this Idempotency-Key has not ended; see Retry-After.",
};

const IDEMPOTENCY_KEY = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description:
    "A name for this request, a UUID for example. Sent again with the same name within 24 hours, by whatever credential of yours, the same request gets the first answer and is not done again. What was refused or failed can be sent again with its name.",
  schema: { type: "string", minLength: 1, maxLength: 255, pattern: "^[ -~]+$" },
};

const REPLAYED = {
  "Idempotency-Replayed": {
    description: "There when the request was done before, and this is the first answer again.",
    schema: { type: "string", const: "true" },
  },
};

/** The OpenAPI 3.1 document of the REST interface, derived from the registry. Pure. */
export function openApiDocument(operations: readonly Operation[], settings: GatewaySettings): Json {
  const paths: Record<string, Record<string, Described>> = {};
  for (const operation of operations) {
    for (const { method, path } of operation.routes) {
      const shown = path.replace("+}", "}");
      const methods = paths[shown] ?? {};
      paths[shown] = methods;
      const key = method.toLowerCase();
      const first = methods[key];
      // Two operations on one route: the document tells about the one that does more, and what both answer.
      if (first) first.responses = { ...answered(operation), ...first.responses };
      else methods[key] = describeOperation(operation, method, shown);
    }
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Pensyve",
      version: VERSION,
      summary: "Memory for AI agents.",
      description:
        "Every request but the public ones needs a credential: Authorization: Bearer, an API key or an access token.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: settings.apiUrl }],
    security: [{ bearer: [] }],
    tags: [{ name: "Memory", description: "What agents know." }],
    paths,
    components: {
      securitySchemes: { bearer: { type: "http", scheme: "bearer", description: "An API key or an access token." } },
      schemas: { Error: ERROR_SCHEMA },
    },
  };
}

/** `GET /openapi.json`: public, made once. */
export function openApiOperation(operations: readonly Operation[], settings: GatewaySettings): PublicOperation {
  const answer = { status: 200, json: JSON.stringify(openApiDocument(operations, settings)) };
  return {
    name: "openapi",
    summary: "Read this document",
    access: "public",
    routes: [{ method: "GET", path: "/openapi.json" }],
    status: 200,
    input: z.object({}),
    output: z.looseObject({ openapi: z.string() }),
    tool: undefined,
    answer: () => answer,
  };
}

type Described = Json & { responses: Json };

function describeOperation(operation: Operation, method: Method, path: string): Described {
  const { properties = {}, required = [] } = schemaOf(operation.input) as {
    properties?: Properties;
    required?: string[];
  };
  const inPath = Object.keys(properties).filter((name) => path.includes(`{${name}}`));
  const others = Object.fromEntries(Object.entries(properties).filter(([name]) => !inPath.includes(name)));
  const hasBody = method === "POST" || method === "PATCH";
  const parameters = [
    ...inPath.map((name) => parameter(name, "path", true, properties[name])),
    ...(hasBody
      ? []
      : Object.keys(others).map((name) => parameter(name, "query", required.includes(name), others[name]))),
  ];
  if (isWrite(operation)) parameters.push(IDEMPOTENCY_KEY);
  const needed = required.filter((name) => !inPath.includes(name));
  const alternative = path.includes("{episode_id}") ? "_by_path" : "";
  return {
    operationId: `${operation.name}${alternative}`,
    summary: operation.summary,
    description: whoMay(operation.access),
    tags: ["Memory"],
    ...(operation.access === "public" ? { security: [] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(hasBody
      ? { requestBody: jsonBody({ type: "object", properties: others, required: needed }, needed.length > 0) }
      : {}),
    responses: { ...answered(operation), ...refused(operation) },
  };
}

function answered(operation: Operation): Json {
  const { $schema: _dialect, ...schema } = schemaOf(operation.output);
  const headers = isWrite(operation) ? { headers: REPLAYED } : {};
  return { [operation.status]: { description: "Done.", ...headers, content: { "application/json": { schema } } } };
}

function refused(operation: Operation): Json {
  const content = { "application/json": { schema: { $ref: "#/components/schemas/Error" } } };
  return Object.fromEntries(
    Object.entries(refusalsOf(operation)).map(([status, description]) => [status, { description, content }]),
  );
}

function refusalsOf(operation: Operation): Readonly<Record<string, string>> {
  if (operation.access === "public") return { 429: RESPONSES[429] };
  return isWrite(operation) ? WRITE_RESPONSES : RESPONSES;
}

function parameter(name: string, place: "path" | "query", required: boolean, schema: Json | undefined): Json {
  return { name, in: place, required, schema: schema ?? {} };
}

function jsonBody(schema: Json, required: boolean): Json {
  return { required, content: { "application/json": { schema } } };
}

function whoMay(access: Access): string {
  if (access === "public") return "Needs no credential.";
  if (access === "any") return "Needs any valid credential.";
  const scope = scopeThatAllows(access);
  return scope === "mcp" ? "Needs the scope mcp." : `Needs the scope ${scope}, or mcp.`;
}
