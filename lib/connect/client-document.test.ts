import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { clientDocuments } from "./client-document.ts";

const FOLDER = join(import.meta.dirname, "..", "..", "docs", "clients");

describe("docs/clients", () => {
  it("has a file for each client and the list of them, and no other", async () => {
    expect((await readdir(FOLDER)).sort()).toEqual([...clientDocuments().keys()].sort());
  });

  it.each([...clientDocuments()])("%s says what the page says; if not: npm run docs:clients", async (name, text) => {
    expect(await readFile(join(FOLDER, name), "utf8")).toBe(text);
  });
});
