import { z } from "zod";
import type { Principal } from "#lib/auth/principal.ts";
import type { Tx } from "#lib/db.ts";
import type { Access } from "#lib/scopes.ts";

export type Method = "GET" | "POST" | "PATCH" | "DELETE";
/** `path` may hold `{name}` for one segment and, at its end, `{name+}` for all that follows, slashes included. */
export type Route = { method: Method; path: string };
/** What goes on the wire: `json` is the whole body, `headers` a flat list of names and values beside those that every answer has. */
export type Answer = { status: number; json: string; headers?: readonly string[] };
/** What a write answers, and the row that the answer shows, if it shows one: a memory, an entity or an episode. */
export type WriteAnswer = Answer & { subjectId: string | undefined };
/** A write that waits to be done, its input checked: all of it becomes part of `tx`. @throws DomainError */
export type Write = (tx: Tx) => Promise<WriteAnswer>;
/** Which face of the gateway refused an input decides how the refusal looks; this says what was wrong. */
export type Refusal = { kind: "shape" | "value"; field: string; message: string };

/** The MCP face of an operation. */
export type Tool = {
  name: string;
  description: string;
  /** JSON Schema 2020-12 of the arguments, as `tools/list` shows it. */
  inputSchema: Record<string, unknown>;
  annotations: { readOnlyHint: boolean; destructiveHint: boolean; openWorldHint: boolean };
  /** @returns the JSON document of the result, or what is wrong with the arguments */
  call(principal: Principal, args: unknown): Promise<string | Refusal>;
};

/** One thing that the gateway can do. What is not in the registry (operations.ts) does not exist for anyone. */
export type Operation = ProtectedOperation | PublicOperation;

/** Needs no credential and sees none. */
export type PublicOperation = Described & { access: "public"; answer(): Answer };

export type ProtectedOperation = Described & {
  access: Exclude<Access, "public">;
  /**
   * Runs it for `principal`, whose id alone decides whose data is touched; nothing in `input` can.
   * Synchronous where nothing has to be waited for. With `around`, which {@link isWrite} operations take, the write is not done but
   * handed over, once its input is found good. @throws DomainError
   */
  answer(
    principal: Principal,
    input: unknown,
    around?: (write: Write) => Promise<Answer>,
  ): Answer | Refusal | Promise<Answer>;
};

type Described = {
  name: string;
  summary: string;
  routes: readonly Route[];
  /** Status of success. */
  status: number;
  /** Path, query and body in one object; unknown fields are ignored, `null` counts as absent. */
  input: z.ZodType;
  /** The body of success, every field of it. */
  output: z.ZodType;
  tool: Tool | undefined;
};

type Definition<Input, Result, Output extends z.ZodType> = {
  name: string;
  summary: string;
  access: Exclude<Access, "public">;
  /** What is written is part of `tx`, if there is one. */
  run(principal: Principal, input: Input, tx?: Tx): Promise<Result>;
  rest: {
    routes: readonly Route[];
    input: z.ZodType<Input>;
    status?: number;
    output: Output;
    body(result: Result, principal: Principal, input: Input): z.input<Output>;
    /** Of a write whose answer shows something stored: the id of that memory, entity or episode. */
    subject?(result: Result): string;
  };
  tool?: {
    description: string;
    input: z.ZodType<Input>;
    destructive?: boolean;
    document(result: Result, principal: Principal, input: Input): unknown;
  };
};

/** Puts an operation into the registry's form: both faces share `run` and differ in what they take and show. */
export function defineOperation<Input, Result, Output extends z.ZodType>(
  definition: Definition<Input, Result, Output>,
): ProtectedOperation {
  const { name, summary, access, rest, tool } = definition;
  const status = rest.status ?? 200;
  const toolName = `pensyve_${name}`;
  return {
    name,
    summary,
    access,
    routes: rest.routes,
    status,
    input: rest.input,
    output: rest.output,
    answer: (principal, given, around) => {
      const parsed = rest.input.safeParse(given);
      if (!parsed.success) return refusal(parsed.error);
      const input = parsed.data;
      const run = async (tx?: Tx) => {
        const result = await definition.run(principal, input, tx);
        const json = JSON.stringify(rest.body(result, principal, input));
        return { status, json, subjectId: rest.subject?.(result) };
      };
      return around ? around(run) : run();
    },
    tool: tool && {
      name: toolName,
      description: tool.description,
      inputSchema: { title: titleOf(name), ...schemaOf(tool.input) },
      annotations: {
        readOnlyHint: access === "read",
        destructiveHint: tool.destructive ?? false,
        openWorldHint: false,
      },
      call: async (principal, given) => {
        const parsed = tool.input.safeParse(given ?? {});
        if (!parsed.success) return refusal(parsed.error);
        const result = await definition.run(principal, parsed.data);
        return JSON.stringify(tool.document(result, principal, parsed.data));
      },
    },
  };
}

/** Whether it changes something, and so listens to an Idempotency-Key. */
export function isWrite({ access }: Operation): boolean {
  return access === "write" || access === "full";
}

/** Whether `outcome` is a refusal of the input rather than an answer. */
export function isRefusal(outcome: Answer | Refusal | string): outcome is Refusal {
  return typeof outcome === "object" && "kind" in outcome;
}

/**
 * JSON Schema 2020-12 of what a client may send, or is answered. What may be null becomes `type: [T, "null"]`, as older clients know it.
 * Other fields are never forbidden, so that there can be more of them one day.
 */
export function schemaOf(schema: z.ZodType): Record<string, unknown> {
  return z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
    override: ({ jsonSchema }) => {
      const [one, other, ...more] = jsonSchema.anyOf ?? [];
      if (one && other?.type === "null" && more.length === 0 && typeof one.type === "string") {
        delete jsonSchema.anyOf;
        Object.assign(jsonSchema, one, { type: [one.type, "null"] });
      }
      // What the format says, and what a JavaScript number cannot exceed, is no news.
      if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
}

/** The first problem: a missing field or a wrong type is about shape, everything else about the value. */
function refusal(error: z.ZodError): Refusal {
  const [issue] = error.issues;
  const field = issue?.path.join(".") || "body";
  const shape = issue?.code === "invalid_type";
  const said = issue?.message.replace("Invalid input: ", "") ?? "not valid";
  return {
    kind: shape ? "shape" : "value",
    field,
    message: `The field ${field} is not valid: ${said}. Compare it with /openapi.json.`,
  };
}

function titleOf(name: string): string {
  const words = name.split("_").map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${words.join("")}Params`;
}
