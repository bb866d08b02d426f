/** After these a slash begins a regular expression, not a division. */
const BEFORE_REGEX = /(?:^|[(,=:[!&|?{};+\-*%~^<>]|\b(?:return|typeof|case|in|of|void|await|yield))\s*$/;

/**
 * The same text with all that is not code blanked out: comments, regular expressions, and what stands between quotes and
 * backticks. Quotes, backticks and every position stay, so that what is found here can be read from the original.
 */
export function maskSource(source: string): string {
  let masked = "";
  while (masked.length < source.length) {
    const start = masked.length;
    const end = endOfNonCode(source, start, masked);
    if (end === start) {
      masked += source[start];
      continue;
    }
    const quote = source[start] ?? "";
    const text = source.slice(start, end);
    const isQuoted = "\"'`".includes(quote) && text.length > 1;
    masked += isQuoted ? quote + blank(text.slice(1, -1)) + quote : blank(text);
  }
  return masked;
}

/** Where the comment, literal or regular expression that begins at `start` ends; `start` when none begins there. */
function endOfNonCode(source: string, start: number, before: string): number {
  const two = source.slice(start, start + 2);
  if (two === "//") return indexOrEnd(source, "\n", start);
  if (two === "/*") return Math.min(indexOrEnd(source, "*/", start + 2) + 2, source.length);
  const character = source[start];
  if (character === '"' || character === "'") return endOfQuoted(source, start, character);
  if (character === "`") return endOfTemplate(source, start);
  if (character === "/" && BEFORE_REGEX.test(before.slice(-200))) return endOfRegex(source, start);
  return start;
}

function endOfQuoted(source: string, start: number, quote: string): number {
  for (let index = start + 1; index < source.length; index += 1) {
    if (source[index] === "\\") index += 1;
    else if (source[index] === quote || source[index] === "\n") return index + 1;
  }
  return source.length;
}

/** Templates may hold code, and that may hold templates. */
function endOfTemplate(source: string, start: number): number {
  let index = start + 1;
  while (index < source.length && source[index] !== "`") {
    if (source[index] === "\\") index += 2;
    else if (source.startsWith("${", index)) index = endOfEmbedded(source, index + 2);
    else index += 1;
  }
  return Math.min(index + 1, source.length);
}

function endOfEmbedded(source: string, start: number): number {
  let depth = 1;
  let index = start;
  while (index < source.length) {
    const end = endOfNonCode(source, index, source.slice(Math.max(0, index - 200), index));
    if (end > index) {
      index = end;
      continue;
    }
    if (source[index] === "{") depth += 1;
    if (source[index] === "}") depth -= 1;
    index += 1;
    if (depth === 0) return index;
  }
  return index;
}

function endOfRegex(source: string, start: number): number {
  let isInClass = false;
  for (let index = start + 1; index < source.length; index += 1) {
    const character = source[index];
    if (character === "\n") return start;
    if (character === "\\") index += 1;
    else if (character === "[") isInClass = true;
    else if (character === "]") isInClass = false;
    else if (character === "/" && !isInClass) return index + 1;
  }
  return start;
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, " ");
}

function indexOrEnd(source: string, text: string, from: number): number {
  const index = source.indexOf(text, from);
  return index === -1 ? source.length : index;
}
