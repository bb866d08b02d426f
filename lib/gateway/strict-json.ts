import { isUtf8 } from "node:buffer";

const DEPTH_MAX = 32;
const MEMBERS_MAX = 20_000;
const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_ARRAY = 91;
const BACKSLASH = 92;
const CLOSE_ARRAY = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

export type ParsedJson = { ok: true; value: unknown } | { ok: false };

/**
 * Parses JSON from a client. Beside what JSON.parse refuses, it refuses what two readers could take differently or what
 * would cost too much: bytes that are not UTF-8, a name twice in one object (RFC 8259 section 4: "unpredictable"), nesting
 * deeper than 32, more than 20,000 members. `__proto__` is a name like any other: JSON.parse makes an own property of it.
 */
export function parseJson(bytes: Buffer): ParsedJson {
  if (!isUtf8(bytes)) return { ok: false };
  const text = bytes.toString("utf8");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // JSON.parse throws SyntaxError and nothing else.
    return { ok: false };
  }
  return isPlain(text) ? { ok: true, value } : { ok: false };
}

/** One pass over text that JSON.parse has accepted: strings are skipped, names are compared within their object. */
function isPlain(text: string): boolean {
  /** The names of each open object; null for an array. */
  const open: (Set<string> | null)[] = [];
  let members = 0;
  let index = 0;
  while (index < text.length) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) {
      const end = endOfString(text, index);
      const names = open.at(-1);
      if (names && isName(text, end)) {
        members += 1;
        if (members > MEMBERS_MAX || !addName(names, text.slice(index, end))) return false;
      }
      index = end;
      continue;
    }
    if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
      if (open.length === DEPTH_MAX) return false;
      open.push(code === OPEN_OBJECT ? new Set() : null);
    } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) open.pop();
    else if (code === COMMA && open.at(-1) === null) {
      members += 1;
      if (members > MEMBERS_MAX) return false;
    }
    index += 1;
  }
  return true;
}

/** The index behind the closing quote of the string that opens at `start`. */
function endOfString(text: string, start: number): number {
  let index = start + 1;
  for (;;) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) return index + 1;
    index += code === BACKSLASH ? 2 : 1;
  }
}

/** Whether a colon follows, spaces aside. */
function isName(text: string, from: number): boolean {
  let index = from;
  while (text.charCodeAt(index) <= 32) index += 1;
  return text.charCodeAt(index) === COLON;
}

/** Adds a quoted name; false when the object has it already, however it is escaped. */
function addName(names: Set<string>, quoted: string): boolean {
  const name = quoted.includes("\\") ? String(JSON.parse(quoted)) : quoted.slice(1, -1);
  const before = names.size;
  names.add(name);
  return names.size > before;
}
