import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { generateKey, isWellFormedKey } from "#lib/keys/key-format.ts";

const ROOT = join(import.meta.dirname, "..");
/** Not part of the repository: packages, builds, data, and what tests leave. */
const OUTSIDE = /^(node_modules|generated|test-results|playwright-report|\.(git|next.*|data.*|run|test))$/;
const BINARY = /\.(png|woff2?|ico|wasm|tsbuildinfo)$/;
/** As scanners look for keys; the checksum then tells a key from an example. */
const KEY = /psy_[0-9A-Za-z]{49}/g;

test("attack 45: no file of this repository, examples included, holds what would pass for a key", () => {
  expect(isWellFormedKey(`x ${generateKey()}`.match(KEY)?.[0] ?? "")).toBe(true);
  const files = filesIn(ROOT);
  expect(files.length).toBeGreaterThan(100);
  const found = files.filter((path) => readFileSync(path, "utf8").match(KEY)?.some(isWellFormedKey));
  expect(found).toEqual([]);
});

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (OUTSIDE.test(entry.name) || BINARY.test(entry.name)) return [];
    if (entry.isDirectory()) return filesIn(path);
    return entry.isFile() ? [path] : [];
  });
}
