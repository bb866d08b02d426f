import type { Method, Operation, ProtectedOperation, PublicOperation } from "./operation.ts";

/** The operations of one address and method, in the order of the registry, and what its path says. */
export type Match =
  | { kind: "found"; operations: readonly ProtectedOperation[]; parameters: Readonly<Record<string, string>> }
  /** The address exists and takes only `allow`. */
  | { kind: "wrong_method"; allow: string }
  | { kind: "not_found" }
  /** The path holds a percent sign that starts no character. */
  | { kind: "malformed" };

export type Router = {
  /** `path` as it came, without the query string. A HEAD is looked up as a GET. Pure. */
  match(method: string, path: string): Match;
  /** The public operation of that address and method, if it is one. */
  matchPublic(method: string, path: string): PublicOperation | undefined;
};

type Methods = Map<string, ProtectedOperation[]>;
/** Segments of a pattern; `{name}` takes one segment, `{name+}` all that is left. */
type Pattern = { segments: readonly string[]; methods: Methods };

/** What a fixed path says: one object for all, so that it can be recognised. */
export const NO_PARAMETERS: Readonly<Record<string, string>> = Object.freeze({});

/**
 * Finds operations by method and path, without regular expressions: a look-up for fixed paths, a walk over the segments for
 * the few with parameters. One slash at the end makes no difference, except where the path ends in a name.
 */
export function makeRouter(operations: readonly Operation[]): Router {
  const fixed = new Map<string, Methods>();
  const patterns: Pattern[] = [];
  const open = new Map<string, { method: Method; operation: PublicOperation }>();
  for (const operation of operations) {
    for (const { method, path } of operation.routes) {
      if (operation.access === "public") open.set(path, { method, operation });
      else add(methodsOf(path, fixed, patterns), method, operation);
    }
  }

  return {
    match(method, path) {
      const methods = fixed.get(path);
      if (methods) return choose(methods, method, NO_PARAMETERS);
      return matchPattern(patterns, method, path) ?? matchWithoutSlash(fixed, method, path) ?? { kind: "not_found" };
    },
    matchPublic(method, path) {
      const found = open.get(path);
      return found && (method === found.method || (method === "HEAD" && found.method === "GET"))
        ? found.operation
        : undefined;
    },
  };
}

function methodsOf(path: string, fixed: Map<string, Methods>, patterns: Pattern[]): Methods {
  if (!path.includes("{")) {
    const methods = fixed.get(path) ?? new Map();
    fixed.set(path, methods);
    return methods;
  }
  const known = patterns.find(({ segments }) => segments.join("/") === path);
  if (known) return known.methods;
  const pattern: Pattern = { segments: path.split("/"), methods: new Map() };
  patterns.push(pattern);
  return pattern.methods;
}

function add(methods: Methods, method: Method, operation: ProtectedOperation): void {
  methods.set(method, [...(methods.get(method) ?? []), operation]);
}

function choose(methods: Methods, method: string, parameters: Readonly<Record<string, string>>): Match {
  const operations = methods.get(method === "HEAD" ? "GET" : method);
  if (operations) return { kind: "found", operations, parameters };
  return { kind: "wrong_method", allow: [...methods.keys()].join(", ") };
}

function matchWithoutSlash(fixed: Map<string, Methods>, method: string, path: string): Match | undefined {
  const methods = path.endsWith("/") ? fixed.get(path.slice(0, -1)) : undefined;
  return methods && choose(methods, method, NO_PARAMETERS);
}

function matchPattern(patterns: readonly Pattern[], method: string, path: string): Match | undefined {
  const given = path.split("/");
  for (const { segments, methods } of patterns) {
    const raw = readParameters(segments, given);
    if (!raw) continue;
    const parameters = decodeAll(raw);
    return parameters ? choose(methods, method, parameters) : { kind: "malformed" };
  }
  return undefined;
}

function readParameters(segments: readonly string[], given: readonly string[]): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const value = given[index];
    if (segment.endsWith("+}")) {
      const tail = given.slice(index).join("/");
      if (tail === "") return undefined;
      parameters[segment.slice(1, -2)] = tail;
      return parameters;
    }
    if (!segment.startsWith("{")) {
      if (segment !== value) return undefined;
    } else if (value === undefined || value === "") return undefined;
    else parameters[segment.slice(1, -1)] = value;
  }
  return segments.length === given.length ? parameters : undefined;
}

function decodeAll(raw: Readonly<Record<string, string>>): Record<string, string> | undefined {
  try {
    return Object.fromEntries(Object.entries(raw).map(([name, value]) => [name, decodeURIComponent(value)]));
  } catch {
    // decodeURIComponent throws URIError for nothing but a malformed escape.
    return undefined;
  }
}
