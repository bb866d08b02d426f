import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { UsageError } from "./verb.ts";

/** All of standard input. */
export async function readStandardInput(): Promise<string> {
  return await text(process.stdin);
}

/** A file's text; "-" is standard input. @throws UsageError when it cannot be read. */
export async function readInputFile(name: string, folder: string): Promise<string> {
  if (name === "-") return await readStandardInput();
  try {
    return await readFile(resolve(folder, name), "utf8");
  } catch (error) {
    throw new UsageError(
      `${name} cannot be read (${(error as NodeJS.ErrnoException).code}). Name a file that exists, or - for standard input.`,
    );
  }
}
