// npm run conformance writes docs/conformance.md, docs/security.md and the tests in docs/seed.md; --check fails when they are stale, or a
// promise or a block has no test.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { conformanceDocument, findProblems, securityDocument } from "./conformance-docs.ts";
import { findSeedProblems, seedDocument } from "./seed-docs.ts";
import { ROOT } from "./step.mjs";
import { pythonTestNames, testNames } from "./test-names.ts";

const SKIPPED = /^(node_modules|generated|\..*)$/;
const TEST_FILE = /\.(test|spec)\.ts$|^test_\w+\.py$/;

const isCheck = process.argv.includes("--check");
const requirements = JSON.parse(readFileSync(join(ROOT, "docs", "requirements.json"), "utf8"));
const sources = new Map(testFiles(ROOT).map((path) => [relative(ROOT, path), readFileSync(path, "utf8")]));
const tests = [...sources].flatMap(([file, source]) =>
  (file.endsWith(".py") ? pythonTestNames(source) : testNames(source)).map((name) => ({ file, name })),
);
const seed = readFileSync(join(ROOT, "docs", "seed.md"), "utf8");
const documents = {
  "docs/conformance.md": conformanceDocument(requirements, tests),
  "docs/security.md": securityDocument(requirements, tests),
  "docs/seed.md": seedDocument(seed, tests),
};
const problems = [...findProblems(requirements, tests), ...findSeedProblems(seed, tests, sources)];
for (const [name, text] of Object.entries(documents)) {
  const path = join(ROOT, name);
  if (!isCheck) writeFileSync(path, text);
  else if (readIfThere(path) !== text) problems.push(`${name} is stale. Write it again: npm run conformance`);
}
for (const problem of problems) console.error(problem);
const promised = [...requirements.rows, ...requirements.attacks].filter((each) => !each.reason);
console.log(`${promised.length} promises, ${tests.length} tests, ${problems.length} problems`);
if (isCheck && problems.length > 0) process.exit(1);

function testFiles(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return SKIPPED.test(entry.name) ? [] : testFiles(path);
      return TEST_FILE.test(entry.name) ? [path] : [];
    });
}

function readIfThere(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
