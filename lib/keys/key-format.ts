import { randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";

export const KEY_PREFIX = "psy_";
/** How many first characters may be stored, shown and logged. */
export const SHOWN_CHARACTERS = 8;
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BODY_LENGTH = 43;
const CHECKSUM_LENGTH = 6;
export const KEY_LENGTH = KEY_PREFIX.length + BODY_LENGTH + CHECKSUM_LENGTH;

/**
 * Makes a new API key: `psy_`, 43 base62 characters that carry 256 random bits, 6 base62 characters of the CRC-32 of all that
 * precedes. Only letters, digits and `_`, so that a double click selects it whole (standards KEY-01).
 */
export function generateKey(): string {
  const body = base62(BigInt(`0x${randomBytes(32).toString("hex")}`), BODY_LENGTH);
  const unsigned = KEY_PREFIX + body;
  return unsigned + checksum(unsigned);
}

/** Whether `value` has the form of a key made here and its checksum fits: a typo is refused without a look-up (KEY-02). */
export function isWellFormedKey(value: string): boolean {
  if (value.length !== KEY_LENGTH || !value.startsWith(KEY_PREFIX)) return false;
  for (let index = KEY_PREFIX.length; index < KEY_LENGTH; index += 1) {
    if (!ALPHABET.includes(value.charAt(index))) return false;
  }
  const unsigned = value.slice(0, -CHECKSUM_LENGTH);
  return value.slice(-CHECKSUM_LENGTH) === checksum(unsigned);
}

/** The part of a key that may be seen. */
export function shownPrefix(key: string): string {
  return key.slice(0, SHOWN_CHARACTERS);
}

function checksum(unsigned: string): string {
  return base62(BigInt(crc32(unsigned)), CHECKSUM_LENGTH);
}

function base62(value: bigint, length: number): string {
  let rest = value;
  let text = "";
  for (let digit = 0; digit < length; digit += 1) {
    text = ALPHABET.charAt(Number(rest % 62n)) + text;
    rest /= 62n;
  }
  return text;
}
