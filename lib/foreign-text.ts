const INVISIBLE = /[\p{Cc}\u200b-\u200f\u202a-\u202e\u2060-\u2069\u061c\ufeff]/gu;

/** Text that others chose, as it may be shown: no control, bidi or zero-width characters, one line, at most `max` characters. */
export function cleanText(text: string, max = 64): string {
  const clean = text.replace(INVISIBLE, "").replace(/\s+/g, " ").trim();
  return cutText(clean, max);
}

/** The first `max - 1` characters and …, when there are more than `max`. Never splits a character. */
export function cutText(text: string, max: number): string {
  const characters = [...text];
  return characters.length <= max ? text : `${characters.slice(0, max - 1).join("")}…`;
}
