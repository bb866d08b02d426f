import { cleanText } from "#lib/foreign-text.ts";

/**
 * What is taken for a Latin letter at a glance, by that letter, in lower case: digits and signs, and letters of alphabets in which a
 * whole word can look Latin. Only letters of names that people know; what decomposes into a Latin letter (accents, fullwidth,
 * mathematical, Roman numerals) needs no row. `i` counts as `l`, as its capital looks like one.
 */
const TAKEN_FOR: readonly (readonly [letter: string, others: string])[] = [
  ["a", "4@ɑᴀαа"],
  ["c", "¢ƈᴄϲс"],
  ["d", "đɗᴅԁ"],
  ["e", "3€ɛᴇεеєҽ"],
  ["g", "9ɡɢԍց"],
  ["h", "ʜнһհ"],
  ["l", "1|!iıɪłʟιіӏ"],
  ["m", "ᴍм"],
  ["n", "ɴνпո"],
  ["o", "0øᴏοоօ"],
  ["p", "ᴘρр"],
  ["r", "ʀг"],
  ["s", "5$ꜱѕ"],
  ["t", "7+ᴛτт"],
  ["u", "ᴜυμս"],
  ["v", "ᴠѵ"],
  ["x", "×χх"],
  ["y", "ʏγуү"],
];
const LETTER_FOR = new Map(
  TAKEN_FOR.flatMap(([letter, others]) => [...others].map((other) => [other, letter] as const)),
);
/** White letters on black, and the letters of flags: they do not decompose. Each run holds A to Z. */
const LETTER_SIGNS = /[\u{1f150}-\u{1f169}\u{1f170}-\u{1f189}\u{1f1e6}-\u{1f1ff}]/gu;

/** What a name looks like at a glance: names that are taken for each other have the same one (as in UTS #39 section 4). */
export function nameSkeleton(name: string): string {
  const plain = cleanText(name, Number.POSITIVE_INFINITY)
    .normalize("NFKD")
    .replace(LETTER_SIGNS, letterOfSign)
    .replace(/\p{M}/gu, "")
    .toLowerCase();
  const letters = Array.from(plain, (character) => LETTER_FOR.get(character) ?? character).join("");
  return letters.replace(/[^\p{L}\p{N}]/gu, "");
}

function letterOfSign(sign: string): string {
  const code = sign.codePointAt(0) ?? 0;
  const first = [0x1f1e6, 0x1f170, 0x1f150].find((start) => start <= code) ?? code;
  return String.fromCharCode(0x41 + code - first);
}

/** The scripts in everyday use of UAX #31 table 5. In others, which few can tell from Latin, whole words can be written that look so. */
const EVERYDAY_SCRIPTS = (
  "Arabic Armenian Bengali Cyrillic Devanagari Ethiopic Georgian Greek Gujarati Gurmukhi Hebrew Kannada Khmer Lao Malayalam Myanmar " +
  "Oriya Sinhala Tamil Telugu Thaana Thai Tibetan"
).split(" ");
/** Written together as a matter of course, and with Latin: UTS #39 section 5.2, "highly restrictive". */
const WITH_LATIN = ["Latin Han Hiragana Katakana", "Latin Han Bopomofo", "Latin Han Hangul"];
const ALPHABETS = [...WITH_LATIN, ...EVERYDAY_SCRIPTS].map((scripts) => {
  const classes = [...scripts.split(" "), "Common", "Inherited"].map((script) => `\\p{scx=${script}}`);
  return new RegExp(`^[${classes.join("")}]*$`, "u");
});

/**
 * Whether the letters of a name are of alphabets that are not written together: any other beside Latin, or two others, except those of
 * Chinese, Japanese and Korean. Also when they are of a script that is not in everyday use.
 */
export function mixesAlphabets(name: string): boolean {
  const letters = name.normalize("NFKD").replace(/[^\p{L}\p{Nl}]/gu, "");
  return !ALPHABETS.some((alphabet) => alphabet.test(letters));
}
