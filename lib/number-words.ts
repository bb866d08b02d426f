const RULES = new Intl.PluralRules("en-US");

/** "1,847" to 9,999, then "12.3K"; the exact number belongs into a title beside it. */
export function numberWords(count: number): string {
  if (count < 10_000) return new Intl.NumberFormat("en-US").format(count);
  return new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 }).format(count);
}

/** "1 client", "3 clients", "No clients". `many`: the plural, where it is not the singular with an s. */
export function countWords(count: number, one: string, many = `${one}s`): string {
  const noun = RULES.select(count) === "one" ? one : many;
  return count === 0 ? `No ${noun}` : `${numberWords(count)} ${noun}`;
}

/** "1 of 1 gateway", "3 of 4 gateways". */
export function ofWords(part: number, whole: number, one: string): string {
  return `${part} of ${whole} ${RULES.select(whole) === "one" ? one : `${one}s`}`;
}

/** "under 1 ms", "12 ms", from a second on "1.2 s", "6 s". */
export function millisecondsWords(milliseconds: number): string {
  if (milliseconds < 1) return "under 1 ms";
  if (milliseconds < 1000) return `${Math.floor(milliseconds)} ms`;
  return `${(Math.floor(milliseconds / 100) / 10).toString()} s`;
}
