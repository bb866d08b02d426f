/**
 * Control and format characters (bidi and tags are among them), what fonts leave blank, halves of surrogate pairs (two of which could
 * become a character when what parts them goes), and the blank Braille cell.
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800]/gu;
/** Whatever looks like the “ and ” that names which nobody has checked are shown in. */
const QUOTES =
  /["\u00ab\u00bb\u02ba\u02dd\u02ee\u05f4\u201c-\u201f\u2033\u2034\u2036\u2037\u2057\u2039\u203a\u275d\u275e\u2e42\u301d-\u301f\uff02\u{1f676}-\u{1f678}]/gu;
/** Two single ones look like a double one. */
const DOUBLED_APOSTROPHES = /['`\u00b4\u02b9\u02bb-\u02bd\u2018-\u201b\u2032\u2035\uff07]{2,}/gu;

/**
 * Text that others chose, as it may be shown: nothing invisible (control, format, bidi, zero-width and ignorable characters), one line,
 * at most `max` characters. Cleaning it again changes nothing.
 */
export function cleanText(text: string, max = 64): string {
  const clean = text.replace(INVISIBLE, "").replace(/\s+/g, " ").trim();
  return cutText(clean, max);
}

/** As {@link cleanText}, for a name that is shown in “quotes”: without double quotes of any kind, so that it cannot close ours. */
export function cleanName(name: string, max = 64): string {
  const unquoted = name.replace(INVISIBLE, "").replace(QUOTES, "").replace(DOUBLED_APOSTROPHES, "");
  return cleanText(unquoted, max);
}

/** The first `max - 1` characters and …, when there are more than `max`. Never splits a character. */
export function cutText(text: string, max: number): string {
  const characters = [...text];
  return characters.length <= max ? text : `${characters.slice(0, max - 1).join("")}…`;
}
