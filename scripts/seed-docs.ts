import { linkedTest, type NamedTest, numbersAfter } from "./conformance-docs.ts";

/** A block of docs/seed.md: what stands under one heading. */
export type SeedBlock = {
  /** Two digits, as in the heading. */
  id: string;
  title: string;
  /** The page's words and blocks. */
  page: string;
  /** What is different on this server; empty where nothing is. */
  here: string;
};

const HEADING = /^## (\d\d) (.+)\n/gm;
const HERE = "\n**Here**: ";
const TESTED = "\nTested by:\n";

/** The blocks of docs/seed.md in its order. @throws Error for one without its place for tests. */
export function seedBlocks(text: string): SeedBlock[] {
  return [...text.matchAll(HEADING)].map(({ 0: heading, 1: id = "", 2: title = "", index }) => {
    const start = index + heading.length;
    const end = text.indexOf(TESTED, start);
    const next = text.indexOf("\n## ", start);
    if (end === -1 || (next !== -1 && next < end)) throw new Error(`Block ${id} of docs/seed.md needs "Tested by:".`);
    const [page = "", ...here] = text.slice(start, end).split(HERE);
    return { id, title, page: page.trim(), here: here.join(HERE).trim() };
  });
}

/** docs/seed.md with the tests of each block, in place of those that stand in it. */
export function seedDocument(text: string, tests: readonly NamedTest[]): string {
  const [introduction = "", ...sections] = text.split(/^(?=## \d\d )/m);
  const written = sections.map((section, index) => {
    const [words = ""] = section.split(TESTED);
    const id = section.slice(3, 5);
    const list = testsOf(id, tests).map((test) => `- ${linkedTest(test)}\n`);
    return `${words}${TESTED}\n${list.join("")}${index === sections.length - 1 ? "" : "\n"}`;
  });
  return introduction + written.join("");
}

/**
 * Compares the blocks with the tests.
 * @param sources the text of each file of tests, by its name
 * @returns one line per problem: a block without a test, one that no file of its tests reads, and a test of a block that is not there.
 */
export function findSeedProblems(
  text: string,
  tests: readonly NamedTest[],
  sources: ReadonlyMap<string, string>,
): string[] {
  const ids = seedBlocks(text).map(({ id }) => id);
  return [
    ...ids.flatMap((id) => {
      const proof = testsOf(id, tests);
      if (proof.length === 0) return [`Block ${id} of docs/seed.md has no test. Name one: "seed ${id}: …"`];
      const isRead = proof.some(({ file }) => sources.get(file)?.includes(`block("${id}"`));
      return isRead ? [] : [`No test of block ${id} reads it from docs/seed.md: block("${id}")`];
    }),
    ...tests.flatMap(({ file, name }) =>
      numbersAfter("seed", name)
        .filter((number) => !ids.includes(idOf(number)))
        .map((number) => `${file} names block ${idOf(number)}, which is not in docs/seed.md: ${name}`),
    ),
  ];
}

function testsOf(id: string, tests: readonly NamedTest[]): NamedTest[] {
  return tests.filter(({ name }) => numbersAfter("seed", name).map(idOf).includes(id));
}

function idOf(number: number): string {
  return String(number).padStart(2, "0");
}
