/** Far deeper than any metadata is nested; the database and the library take a little more. */
const DEPTH_MAX = 32;

/** Whether the database can keep this text: PostgreSQL has no NUL, and nothing that is not UTF-8, which half a surrogate pair is. */
export function isStorableText(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}

/** Whether the database can keep this JSON value: every text and name in it, and how deep it is nested. */
export function isStorable(value: unknown): boolean {
  // Without recursion: the value comes from outside, and is checked before anything else walks through it.
  const rest: [unknown, number][] = [[value, 0]];
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const [each, depth] = next;
    if (typeof each === "string" && !isStorableText(each)) return false;
    if (typeof each !== "object" || each === null) continue;
    if (depth >= DEPTH_MAX) return false;
    for (const [name, part] of Object.entries(each)) {
      if (!isStorableText(name)) return false;
      rest.push([part, depth + 1]);
    }
  }
  return true;
}
