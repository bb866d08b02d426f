import { readFileSync } from "node:fs";
import { join } from "node:path";
import { seedBlocks } from "../scripts/seed-docs.ts";

const FILE = join(import.meta.dirname, "..", "docs", "seed.md");
/** What the page has in place of the server's address and of a key. */
const ORIGIN = "http://localhost:3000";
const SAMPLE_KEY = "psy_your_key_here";

/** What a reader of docs/seed.md sees under one heading. */
export type Part = {
  text: string;
  /** What stands in its code block, to be pasted; empty without one. */
  code: string;
  /** The items of its list, in order. */
  steps: string[];
  /** The cells of its table, without the head. */
  rows: string[][];
};

/**
 * A block of docs/seed.md, and what it says of this server in `here`: with the server's own address and a key that works in
 * place of those of the page, so that tests paste what the page says and nothing else.
 * @throws Error for an id that the page does not have
 */
export function block(id: string, { url = ORIGIN, key = SAMPLE_KEY } = {}): Part & { here: Part } {
  const found = seedBlocks(readFileSync(FILE, "utf8")).find((each) => each.id === id);
  if (found === undefined) throw new Error(`docs/seed.md has no block ${id}.`);
  const filled = (text: string) => part(text.replaceAll(ORIGIN, url).replaceAll(SAMPLE_KEY, key));
  return { ...filled(found.page), here: filled(found.here) };
}

function part(text: string): Part {
  const lines = text.split("\n");
  const [, , ...rows] = lines.filter((line) => line.startsWith("| "));
  return {
    text,
    code: /^```\w+\n(.*?)^```$/ms.exec(text)?.[1] ?? "",
    steps: lines.filter((line) => line.startsWith("- ")).map((line) => line.slice(2)),
    rows: rows.map((row) =>
      row
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    ),
  };
}
