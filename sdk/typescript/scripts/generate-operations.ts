import { readFile, writeFile } from "node:fs/promises";

// Run as a program: writes src/operations.ts from a server's document.
//   node scripts/generate-operations.ts http://localhost:3000/openapi.json

const OUTPUT = new URL("../src/operations.ts", import.meta.url);

type Schema = {
  type?: string | readonly string[];
  description?: string;
  enum?: readonly string[];
  const?: string;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: readonly string[];
};
type Parameter = { name: string; in: string; required: boolean; schema: Schema };
type Described = {
  operationId: string;
  summary: string;
  security?: readonly unknown[];
  parameters?: readonly Parameter[];
  requestBody?: { content: { "application/json": { schema: Schema } } };
};
export type OpenApi = { paths: Record<string, Record<string, Described>> };

type Field = { name: string; isRequired: boolean; schema: Schema };
type Operation = Described & { method: string; path: string; fields: Field[] };

/** The text of src/operations.ts for `document`. Pure. @throws Error on what it cannot tell in types: then it needs a hand */
export function operationsSource(document: OpenApi): string {
  const operations = distinctOperations(document);
  return [
    "// Made by scripts/generate-operations.ts from the server's /openapi.json. Do not edit.",
    "",
    "/** What the server can do: where it is asked, whether it changes something, and whether it takes a namespace. */",
    "export const OPERATIONS = {",
    ...operations.map(tableLine),
    "} as const;",
    "",
    "export type OperationId = keyof typeof OPERATIONS;",
    "",
    "/** What each operation takes. */",
    "export type Inputs = {",
    ...operations.map(({ operationId }) => `  ${operationId}: ${inputName(operationId)};`),
    "};",
    ...operations.flatMap(inputType),
    "",
  ].join("\n");
}

/** The id of the operation that `id` is another address of, or `id`: some take the episode's id in the path as well as in the body. */
export function withoutTwin(id: string): string {
  return id.replace(/_by_path$/, "");
}

function distinctOperations(document: OpenApi): Operation[] {
  const all = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => ({
      ...described,
      method: method.toUpperCase(),
      path,
      fields: fieldsOf(described),
    })),
  );
  const ids = new Set(all.map(({ operationId }) => operationId));
  return all.filter(({ operationId }) => {
    const base = withoutTwin(operationId);
    return base === operationId || !ids.has(base);
  });
}

function fieldsOf({ parameters = [], requestBody }: Described): Field[] {
  const { properties = {}, required = [] } = requestBody?.content["application/json"].schema ?? {};
  return [
    ...parameters
      .filter(({ in: place }) => place !== "header")
      .map(({ name, required: isRequired, schema }) => ({ name, isRequired, schema })),
    ...Object.entries(properties).map(([name, schema]) => ({ name, isRequired: required.includes(name), schema })),
  ];
}

function tableLine(operation: Operation): string {
  const { operationId, method, path, fields } = operation;
  const hasNamespace = fields.some(({ name }) => name === "namespace");
  const facts = `method: "${method}", path: "${path}", access: "${access(operation)}", hasNamespace: ${hasNamespace}`;
  return `  ${operationId}: { ${facts} },`;
}

/** A write is what takes an Idempotency-Key; everything else changes nothing. */
function access({ security, parameters = [] }: Operation): "public" | "read" | "write" {
  if (security?.length === 0) return "public";
  return parameters.some(({ in: place, name }) => place === "header" && name === "Idempotency-Key") ? "write" : "read";
}

function inputType({ operationId, summary, fields }: Operation): string[] {
  const head = ["", `/** ${summary}. */`];
  if (fields.length === 0) return [...head, `export type ${inputName(operationId)} = Record<string, never>;`];
  return [...head, `export type ${inputName(operationId)} = {`, ...fields.flatMap(fieldLines), "};"];
}

function fieldLines({ name, isRequired, schema }: Field): string[] {
  const comment = schema.description === undefined ? [] : [`  /** ${schema.description} */`];
  const type = isRequired ? typeOf(schema) : `${typeOf(schema)} | undefined`;
  return [...comment, `  ${camel(name)}${isRequired ? "" : "?"}: ${type};`];
}

function typeOf(schema: Schema): string {
  const types = typeof schema.type === "string" ? [schema.type] : (schema.type ?? []);
  return types.map((type) => plainType(type, schema)).join(" | ");
}

function plainType(type: string, schema: Schema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  switch (type) {
    case "null":
      return "null";
    case "boolean":
      return "boolean";
    case "integer":
    case "number":
      return "number";
    case "string":
      return schema.enum?.map((word) => JSON.stringify(word)).join(" | ") ?? "string";
    case "array":
      return `readonly ${typeOf(schema.items ?? {})}[]`;
    default:
      throw new Error(`No type is known for ${JSON.stringify(schema)}.`);
  }
}

const inputName = (operationId: string): string => `${capital(camel(operationId))}Input`;
const camel = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

if (import.meta.main) {
  const [source] = process.argv.slice(2);
  if (source === undefined) throw new Error("Name the document: its address, or a file.");
  const text = URL.canParse(source) ? await (await fetch(source)).text() : await readFile(source, "utf8");
  await writeFile(OUTPUT, operationsSource(JSON.parse(text)));
}
