import { expect, test } from "vitest";
import { conformanceDocument, findProblems, type Requirements, securityDocument } from "./conformance-docs.ts";
import { testNames } from "./test-names.ts";

test("names are read from every form of test, suites before their tests", () => {
  const source = `
    test("BER-01: plain", () => {});
    it('single "quotes"', async () => {});
    test(\`a template with \${value} in it\`, () => {});
    test.concurrent("at once", () => {});
    test.each<[string, (a: number) => void]>([["one", f], ["KEY-01: two", g]])("case %s", (name) => {});
    test.for([1, 2])("number %d", () => {});
    test.skipIf(process.platform === "win32")("on Unix", () => {});
    describe("attack 21: outside", () => {
      describe("inside", () => {
        test("deep", () => {});
      });
    });
    test.describe("a browser", () => {
      test("clicks", async ({ page }) => {});
    });
  `;
  expect(testNames(source)).toEqual([
    "BER-01: plain",
    'single "quotes"',
    "a template with ${value} in it",
    "at once",
    "case %s",
    "case KEY-01: two",
    "number %d",
    "on Unix",
    "attack 21: outside > inside > deep",
    "a browser > clicks",
  ]);
});

test("what proves nothing is left out: comments, strings, skipped and planned tests, other functions", () => {
  const source = `
    // test("in a comment", () => {});
    /* it("in a block", () => {}); */
    const text = 'test("in a string", () => {})';
    const nested = \`\${[1].map((n) => \`it("in a template", \${n})\`)} test("after it", () => {})\`;
    /test\\("in a pattern/.test("of an expression");
    const half = total / 2; test("real", () => {}); const third = total / 3;
    test.skip("skipped", () => {});
    it.todo("planned");
    test.fails("known to fail", () => {});
    describe.skip("a skipped suite", () => {
      test("in it", () => {});
    });
    test.step("a step", async () => {});
    contest("other", () => {});
  `;
  expect(testNames(source)).toEqual(["real"]);
});

const requirements: Requirements = {
  families: { BER: "Challenges", KEY: "Keys", PRM: "Metadata" },
  rows: [
    { id: "BER-01", level: "MUST", requirement: "A challenge | with a pipe." },
    { id: "KEY-03", level: "SHOULD", requirement: "Later.", reason: "Comes later." },
  ],
  attacks: [
    { number: 1, attack: "Keys for anyone.", answer: "The owner comes from the session." },
    { number: 13, attack: "Codes twice.", reason: "Comes later." },
  ],
};
const named = (...names: string[]) => names.map((name) => ({ file: "lib/a.test.ts", name }));

test("a promised row without a test, and a test that names what is not in the file, are problems", () => {
  expect(findProblems(requirements, named("BER-01, attack 1: both", "KEY-03 already", "UTF-16 is no row"))).toEqual([]);
  expect(findProblems(requirements, named("BER-01: one", "attacks 13 and 1: a list"))).toEqual([]);
  expect(findProblems(requirements, named("BER-011: not a whole word", "attack 10: not 1"))).toEqual([
    "BER-01 has no test.",
    "attack 1 has no test.",
    "lib/a.test.ts names attack 10, which is not in docs/requirements.json: attack 10: not 1",
  ]);
  expect(findProblems(requirements, named("BER-01 attack 1", "PRM-02: a row nobody promised"))).toEqual([
    "lib/a.test.ts names PRM-02, which is not in docs/requirements.json: PRM-02: a row nobody promised",
  ]);
});

test("the documents name row, words and tests, and say what is not promised", () => {
  const tests = named("BER-01: a | b", "attack 1: nobody else's");
  expect(conformanceDocument(requirements, tests)).toContain(
    "| BER-01 | MUST | A challenge \\| with a pipe. | BER-01: a \\| b ([lib/a.test.ts](../lib/a.test.ts)) |",
  );
  expect(conformanceDocument(requirements, tests)).toContain(
    "| KEY-03 | SHOULD | Later. | Not promised: Comes later. |",
  );
  expect(conformanceDocument(requirements, tests)).not.toContain("## Metadata");
  expect(securityDocument(requirements, tests)).toMatch(
    /\| 1 \| Keys for anyone\. \| The owner .* \| attack 1: nobody else's/,
  );
  expect(securityDocument(requirements, tests)).toContain("| 13 | Codes twice. | Comes later. |  |");
});
