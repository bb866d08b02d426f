/** What a client would do with a snippet: the address it asks, and the headers that it sends there. */
export type Connection = {
  /** Address of the MCP server, or of the REST API. */
  url: string;
  headers: Readonly<Record<string, string>>;
};

/** `Name: value`, as command lines take headers. */
export function parseHeader(line: string): Record<string, string> {
  const colon = line.indexOf(":");
  return { [line.slice(0, colon)]: line.slice(colon + 1).trim() };
}

/** Fills variables into every text of a value. `pattern` has the name as its first group; what is not set stays as it is. */
export function expand<Value>(value: Value, pattern: RegExp, variables: Readonly<Record<string, string>>): Value {
  return JSON.parse(
    JSON.stringify(value, (_key, text) =>
      typeof text === "string" ? text.replace(pattern, (all, name: string) => variables[name] ?? all) : text,
    ),
  );
}
