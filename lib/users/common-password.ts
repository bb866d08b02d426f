import { COMMON_LONG_PASSWORDS, COMMON_WORDS } from "./common-passwords.ts";

/** Rows of a keyboard, the alphabet and the digits: a stretch of three or more, in either direction, is one guess. */
const SEQUENCES = [
  "abcdefghijklmnopqrstuvwxyz",
  "01234567890",
  "qwertyuiop",
  "asdfghjkl",
  "zxcvbnm",
  "1qaz2wsx3edc4rfv",
];
const EVERY_SEQUENCE = SEQUENCES.flatMap((row) => [row, [...row].reverse().join("")]);
/** What a guesser tries first on this server. */
const PRODUCT_WORDS = ["pensyve", "pensive", "memory", "memories", "admin", "administrator"];
/** Digits that stand for letters: `p4ssw0rd`. */
const LOOK_ALIKES: Readonly<Record<string, string>> = { "4": "a", "3": "e", "0": "o", "1": "i", "5": "s", "7": "t" };
const WORD_MIN = 4;
const WORD_MAX = 16;

/** Weights: a letter that belongs to nothing counts like a word. Two words and a number are too few; three words are enough. */
const COST = { word: 4, stretch: 2, digits: 2, letter: 4, symbol: 1 } as const;
const COST_MIN = 11;

type Piece = { text: string; cost: number };

/**
 * Whether a password of sufficient length is still among the first that anybody would try (NIST SP 800-63B-4 section 3.1.1.2):
 * it is in the list of leaked passwords, or is made of at most two common words, own words, keyboard stretches, repetitions and a number.
 * @param own what the account is called: its e-mail and name.
 */
export function isCommonPassword(password: string, own: readonly string[] = []): boolean {
  const lower = password.normalize("NFKC").toLowerCase();
  const words = new Set([...PRODUCT_WORDS, ...own.flatMap((text) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u))]);
  const spellings = [lower, lower.replaceAll("@", "a").replaceAll("$", "s")];
  return spellings.some((spelling) => {
    const compact = spelling.replace(/[^\p{L}\p{N}]/gu, "");
    if (COMMON_LONG_PASSWORDS.has(compact)) return true;
    // Without its symbols only when these are decoration: a password of symbols is not common for lack of letters.
    const readings = compact.length >= 10 ? [spelling, compact] : [spelling];
    return readings.some((reading) => costOf([...shortestPeriod(reading)], words) < COST_MIN);
  });
}

/** `abcabcabc` is `abc` to a guesser. */
function shortestPeriod(text: string): string {
  const period = `${text}${text}`.indexOf(text, 1);
  return text.slice(0, period);
}

/** The least that the text costs when cut into pieces; a piece that came before costs nothing. */
function costOf(characters: readonly string[], own: ReadonlySet<string>): number {
  const best: { cost: number; pieces: Piece[] }[] = [{ cost: 0, pieces: [] }];
  for (let end = 1; end <= characters.length; end += 1) {
    for (let start = Math.max(0, end - WORD_MAX); start < end; start += 1) {
      const before = best[start];
      const piece = pieceOf(characters.slice(start, end).join(""), own);
      if (!before || !piece) continue;
      const isRepeated = before.pieces.some((earlier) => earlier.text === piece.text);
      const cost = before.cost + (isRepeated ? 0 : piece.cost);
      const known = best[end];
      if (!known || cost < known.cost) best[end] = { cost, pieces: [...before.pieces, piece] };
    }
  }
  return best[characters.length]?.cost ?? 0;
}

function pieceOf(text: string, own: ReadonlySet<string>): Piece | undefined {
  if (text.length >= 3 && own.has(text)) return { text, cost: COST.stretch };
  if (text.length >= WORD_MIN && isWord(text)) return { text, cost: COST.word };
  if (text.length >= 3 && isStretch(text)) return { text, cost: COST.stretch };
  if (/^\d{1,4}$/.test(text)) return { text, cost: COST.digits };
  const isOneCharacter = [...text].length === 1;
  if (!isOneCharacter) return undefined;
  return { text, cost: /[\p{L}\p{N}]/u.test(text) ? COST.letter : COST.symbol };
}

function isWord(text: string): boolean {
  return COMMON_WORDS.has(text) || COMMON_WORDS.has(text.replace(/[013457]/g, (digit) => LOOK_ALIKES[digit] ?? digit));
}

function isStretch(text: string): boolean {
  return new Set(text).size === 1 || EVERY_SEQUENCE.some((row) => row.includes(text));
}
