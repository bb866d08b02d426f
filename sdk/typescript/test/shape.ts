/** Tells whether a value is what a type says. */
export type Check<T> = (value: unknown) => value is T;
/** One check for each field of `T`, those included that may be absent: a field that is forgotten here does not compile. */
type Checks<T> = { [Name in keyof T]-?: Check<T[Name]> };

export const string: Check<string> = (value) => typeof value === "string";
export const number: Check<number> = (value) => typeof value === "number";
export const count: Check<number> = (value): value is number => Number.isInteger(value) && Number(value) >= 0;
export const instant: Check<string> = (value): value is string =>
  typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(Date.parse(value));

export function oneOf<const Word>(...words: Word[]): Check<Word> {
  return (value): value is Word => words.some((word) => word === value);
}

export function nullable<T>(check: Check<T>): Check<T | null> {
  return (value): value is T | null => value === null || check(value);
}

export function optional<T>(check: Check<T>): Check<T | undefined> {
  return (value): value is T | undefined => value === undefined || check(value);
}

export function listOf<T>(check: Check<T>): Check<T[]> {
  return (value): value is T[] => Array.isArray(value) && value.every(check);
}

export function either<One, Other>(one: Check<One>, other: Check<Other>): Check<One | Other> {
  return (value): value is One | Other => one(value) || other(value);
}

export function mapOf<T>(check: Check<T>): Check<Record<string, T>> {
  return (value): value is Record<string, T> => isRecord(value) && Object.values(value).every(check);
}

/** Further fields are allowed: servers add some. */
export function shape<T extends object>(checks: Checks<T>): Check<T> {
  return (value): value is T =>
    isRecord(value) && Object.entries<Check<unknown>>(checks).every(([name, check]) => check(value[name]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
