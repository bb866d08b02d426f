/** Tells whether a value is what a type says. */
export type Check<T> = (value: unknown) => value is T;
/** One check for each field of `T`, those included that may be absent: a field that is forgotten here does not compile. */
type Checks<T> = { [Name in keyof T]-?: Check<T[Name]> };

/** Of checks that have parts: what {@link untold} finds. */
const insides = new WeakMap<object, (value: unknown, place: string) => string[]>();

/** The places of fields in `value`, which passes `check`, that `check` says nothing about. */
export function untold(check: Check<unknown>, value: unknown, place = ""): string[] {
  return insides.get(check)?.(value, place) ?? [];
}

function withInside<T>(check: Check<T>, inside: (value: unknown, place: string) => string[]): Check<T> {
  insides.set(check, inside);
  return check;
}

export const string: Check<string> = (value) => typeof value === "string";
export const number: Check<number> = (value) => typeof value === "number";
export const count: Check<number> = (value): value is number => Number.isInteger(value) && Number(value) >= 0;
export const instant: Check<string> = (value): value is string =>
  typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(Date.parse(value));

export function oneOf<const Word>(...words: Word[]): Check<Word> {
  return (value): value is Word => words.some((word) => word === value);
}

export function nullable<T>(check: Check<T>): Check<T | null> {
  return withInside(
    (value): value is T | null => value === null || check(value),
    (value, place) => (value === null ? [] : untold(check, value, place)),
  );
}

export function optional<T>(check: Check<T>): Check<T | undefined> {
  return withInside(
    (value): value is T | undefined => value === undefined || check(value),
    (value, place) => untold(check, value, place),
  );
}

export function listOf<T>(check: Check<T>): Check<T[]> {
  return withInside(
    (value): value is T[] => Array.isArray(value) && value.every(check),
    (value, place) => (Array.isArray(value) ? value.flatMap((item) => untold(check, item, place)) : []),
  );
}

export function either<One, Other>(one: Check<One>, other: Check<Other>): Check<One | Other> {
  return withInside(
    (value): value is One | Other => one(value) || other(value),
    (value, place) => untold(one(value) ? one : other, value, place),
  );
}

export function mapOf<T>(check: Check<T>): Check<Record<string, T>> {
  return (value): value is Record<string, T> => isRecord(value) && Object.values(value).every(check);
}

/** Further fields are allowed, since servers add some; {@link untold} names them. */
export function shape<T extends object>(checks: Checks<T>): Check<T> {
  const known = new Map(Object.entries<Check<unknown>>(checks));
  return withInside(
    (value): value is T => isRecord(value) && [...known].every(([name, check]) => check(value[name])),
    (value, place) =>
      Object.entries(isRecord(value) ? value : {}).flatMap(([name, inner]) => {
        const check = known.get(name);
        return check ? untold(check, inner, `${place}.${name}`) : [`${place}.${name}`];
      }),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
