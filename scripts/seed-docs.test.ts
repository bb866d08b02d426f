import { expect, test } from "vitest";
import { findSeedProblems, seedBlocks, seedDocument } from "./seed-docs.ts";
import { pythonTestNames } from "./test-names.ts";

const PAGE = `# The page

## 01 First

Set the key:

\`\`\`bash
export KEY="psy"
\`\`\`

**Here**: another word.

Tested by:

- an old name ([a.test.ts](../a.test.ts))

## 02 Second

- One step

Tested by:
`;
const tests = [
  { file: "a.test.ts", name: "seeds 01 and 02: both" },
  { file: "b.test.ts", name: "seed 02: %s" },
];

test("a block has the page's words apart from what is different here, and nothing of its tests", () => {
  expect(seedBlocks(PAGE)).toEqual([
    { id: "01", title: "First", page: 'Set the key:\n\n```bash\nexport KEY="psy"\n```', here: "another word." },
    { id: "02", title: "Second", page: "- One step", here: "" },
  ]);
  expect(() => seedBlocks(PAGE.slice(0, PAGE.lastIndexOf("Tested by:")))).toThrow("Block 02");
});

test("the document names the tests of each block, and writing it again changes nothing", () => {
  const written = seedDocument(PAGE, tests);
  expect(written).toContain(
    "another word.\n\nTested by:\n\n- seeds 01 and 02: both ([a.test.ts](../a.test.ts))\n\n## 02",
  );
  expect(written).toMatch(/- seed 02: … \(\[b\.test\.ts\]\(\.\.\/b\.test\.ts\)\)\n$/);
  expect(written).not.toContain("an old name");
  expect(seedDocument(written, tests)).toBe(written);
});

test("a block without a test, one that no test reads, and a test of no block are problems", () => {
  const sources = new Map([["a.test.ts", 'block("01"); block("02", filled)']]);
  expect(findSeedProblems(PAGE, tests, sources)).toEqual([]);
  expect(findSeedProblems(PAGE, tests.slice(1), sources)).toEqual([
    'Block 01 of docs/seed.md has no test. Name one: "seed 01: …"',
    'No test of block 02 reads it from docs/seed.md: block("02")',
  ]);
  const other = { file: "c.test.ts", name: "seed 3: of none" };
  expect(findSeedProblems(PAGE, [...tests, other], sources)).toEqual([
    "c.test.ts names block 03, which is not in docs/seed.md: seed 3: of none",
  ]);
});

test("pytest's functions are read as words, without those that it skips or expects to fail", () => {
  const source = `
@pytest.mark.parametrize(
    "number", [1, 2]
)
def test_seed_11_with_a_table(number: int) -> None:
    pass

async def test_waits() -> None: ...

@pytest.mark.skip(reason="later")
def test_skipped() -> None: ...

@pytest.mark.xfail
@other
def test_fails() -> None: ...

def helper_test_no() -> None: ...
`;
  expect(pythonTestNames(source)).toEqual(["seed 11 with a table", "waits"]);
});
