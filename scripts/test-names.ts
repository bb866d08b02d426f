import { maskSource } from "./mask-source.ts";

const CALL = /(?<![\w.$#])(describe|test|it)((?:\s*\.\s*\w+)*)\s*(?=[(<`])/g;
/** A test that is skipped, planned or expected to fail proves nothing. */
const NO_PROOF = new Set(["skip", "todo", "fails", "fixme", "fail"]);
const HARMLESS = new Set(["only", "concurrent", "sequential", "shuffle", "parallel", "serial"]);
/** These take one group of arguments (or a table) before the one with the title. */
const WITH_TABLE = new Set(["each", "for", "runIf", "skipIf"]);

const PLACEHOLDER = /%[sdijo]|\$\w+/;
/** What this is read for: ids of requirements, numbers of attacks, blocks of docs/seed.md. */
const NAMES = /\b[A-Z]{3}-\d{2}\b|\b(attack|seed) \d+/;

type Call = { isSuite: boolean; isProof: boolean; titles: string[]; start: number; end: number };

/**
 * The names of the tests in a file, as vitest and Playwright would print them, as far as they are written down: suites before
 * their tests, one more name for each text in the table of a `test.each` that names a requirement or an attack. Tests that are
 * skipped are left out, and with them all tests of a skipped suite.
 */
export function testNames(source: string): string[] {
  const calls = findCalls(source);
  return calls
    .filter((call) => !call.isSuite && call.isProof)
    .flatMap((call) => {
      const suites = calls.filter((suite) => suite.isSuite && suite.start < call.start && call.end <= suite.end);
      if (suites.some((suite) => !suite.isProof)) return [];
      const path = suites.map((suite) => suite.titles[0] ?? "");
      return call.titles.map((title) => [...path, title].join(" > "));
    });
}

/** The names of the functions that pytest runs, in words; those that it skips, or expects to fail, are left out. */
export function pythonTestNames(source: string): string[] {
  const found = source.matchAll(/^((?:@.*\n|[ )].*\n)*)(?:async )?def test_(\w+)/gm);
  return [...found]
    .filter(([, decorators = ""]) => !/^@pytest\.mark\.(skip|xfail)\b/m.test(decorators))
    .map(([, , name = ""]) => name.replaceAll("_", " "));
}

function findCalls(source: string): Call[] {
  const masked = maskSource(source);
  return [...masked.matchAll(CALL)].flatMap((match) => {
    const words = (match[2] ?? "").split(".").flatMap((word) => word.trim() || []);
    const isSuite = match[1] === "describe" || words[0] === "describe";
    const modifiers = words.filter((word) => word !== "describe");
    const isKnown = modifiers.every((word) => NO_PROOF.has(word) || HARMLESS.has(word) || WITH_TABLE.has(word));
    if (!isKnown) return [];
    const isProof = !modifiers.some((word) => NO_PROOF.has(word));
    let position = match.index + match[0].length;
    let table = "";
    for (const _ of modifiers.filter((word) => WITH_TABLE.has(word))) {
      const end = endOfGroup(masked, skipTypes(masked, position));
      table += source.slice(position, end);
      position = end;
    }
    position = skipTypes(masked, position);
    if (masked[position] !== "(") return [];
    const title = literalAt(source, masked, position + 1);
    if (title === undefined) return [];
    const titles = isSuite ? [title] : titlesOf(title, table);
    return [{ isSuite, isProof, titles, start: match.index, end: endOfGroup(masked, position) }];
  });
}

/** The title, and again for each text of the table that would stand in it and names something itself. */
function titlesOf(title: string, table: string): string[] {
  if (!PLACEHOLDER.test(title) || table === "") return [title];
  const literals = [...maskSource(table).matchAll(/(["'`])[^"'`]*\1/g)];
  const texts = literals.map(({ 0: { length }, index }) => table.slice(index + 1, index + length - 1));
  return [title, ...texts.filter((text) => NAMES.test(text)).map((text) => title.replace(PLACEHOLDER, () => text))];
}

function skipTypes(masked: string, from: number): number {
  let position = skipSpace(masked, from);
  if (masked[position] !== "<") return position;
  let depth = 0;
  for (; position < masked.length; position += 1) {
    if (masked[position] === "<") depth += 1;
    if (masked[position] === ">" && masked[position - 1] !== "=") depth -= 1;
    if (depth === 0) return skipSpace(masked, position + 1);
  }
  return position;
}

/** Behind the parentheses, or the template, that begin at `start`. */
function endOfGroup(masked: string, start: number): number {
  if (masked[start] === "`") return masked.indexOf("`", start + 1) + 1 || masked.length;
  let depth = 0;
  for (let index = start; index < masked.length; index += 1) {
    if ("([{".includes(masked[index] ?? "")) depth += 1;
    if (")]}".includes(masked[index] ?? "")) depth -= 1;
    if (depth === 0) return index + 1;
  }
  return masked.length;
}

function literalAt(source: string, masked: string, from: number): string | undefined {
  const start = skipSpace(masked, from);
  const quote = masked[start];
  if (quote !== '"' && quote !== "'" && quote !== "`") return undefined;
  const end = masked.indexOf(quote, start + 1);
  return end === -1 ? undefined : source.slice(start + 1, end).replace(/\\(["'`\\])/g, "$1");
}

function skipSpace(text: string, from: number): number {
  let position = from;
  while (/\s/.test(text[position] ?? "")) position += 1;
  return position;
}
