import { DomainError } from "#lib/errors.ts";
import { isId } from "#lib/ids.ts";
import { LIMIT_MAX } from "./memory-store.ts";

/**
 * Checks one text: `bytesMax` in UTF-8, storable (PostgreSQL takes no U+0000, UTF-8 no half of a surrogate pair), and
 * not empty when it names something.
 * @throws DomainError 'invalid_input' with `details.field`
 */
export function checkText(field: string, text: string, bytesMax: number, allow: "empty" | "filled" = "filled"): void {
  if (allow === "filled" && text === "") refuse(field, `The field ${field} is empty. Send at least one character.`);
  if (Buffer.byteLength(text) > bytesMax) {
    refuse(field, `The field ${field} is longer than ${bytesMax} bytes in UTF-8. Shorten it, or send it in parts.`);
  }
  if (text.includes("\0")) {
    refuse(field, `The field ${field} contains the character U+0000, which cannot be stored. Remove it.`);
  }
  if (!text.isWellFormed()) {
    refuse(field, `The field ${field} contains half of a surrogate pair (U+D800 to U+DFFF). Send whole characters.`);
  }
}

/** @throws DomainError 'invalid_input' when `value` is not a number from 0 to 1 */
export function checkFraction(field: string, value: number): void {
  if (!(value >= 0 && value <= 1)) refuse(field, `The field ${field} must be a number from 0 to 1.`);
}

/** @returns `value`, cut at {@link LIMIT_MAX}. @throws DomainError 'invalid_input' when it is not a whole number from 0 */
export function checkedLimit(field: string, value: number): number {
  if (!(Number.isInteger(value) && value >= 0)) refuse(field, `The field ${field} must be a whole number from 0.`);
  return Math.min(value, LIMIT_MAX);
}

/** @throws DomainError 'not_found' when `id` cannot be an id: it then names nothing, and PostgreSQL would refuse it */
export function checkId(id: string): void {
  if (!isId(id)) throw new DomainError("not_found");
}

function refuse(field: string, message: string): never {
  throw new DomainError("invalid_input", { message, details: { field } });
}
