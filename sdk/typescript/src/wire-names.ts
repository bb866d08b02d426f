/** Objects whose keys are not names of fields but values. */
const MAPS = new Set(["by_operation"]);

/** `minConfidence` becomes `min_confidence`; values stay as they are, and what is undefined is left out. */
export function toWire(input: object): Record<string, unknown> {
  const fields = Object.entries(input).filter(([, value]) => value !== undefined);
  return Object.fromEntries(fields.map(([name, value]) => [snake(name), value]));
}

/** The other way, for an answer and all within it. */
export function fromWire(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromWire);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [camel(name), MAPS.has(name) ? inner : fromWire(inner)]),
  );
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const camel = (name: string): string => name.replace(/(?!^)_([a-z])/g, (_, letter: string) => letter.toUpperCase());
