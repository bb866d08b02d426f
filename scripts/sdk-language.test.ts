import { spawnSync } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const MODULE = join(import.meta.dirname, "sdk-language.mjs");
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pensyve-language-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What is found on a machine that has only these programs, each of which prints its text. */
async function find(language: string, programs: Record<string, string>): Promise<unknown> {
  const path = await mkdtemp(join(folder, "path-"));
  for (const [name, text] of Object.entries(programs)) {
    await writeFile(join(path, name), `#!/bin/sh\necho '${text}'\n`);
    await chmod(join(path, name), 0o755);
  }
  const program = `import { findLanguage } from "${MODULE}"; console.log(JSON.stringify(findLanguage("${language}")));`;
  const args = ["--input-type=module", "--eval", program];
  const { stdout } = spawnSync(process.execPath, args, { encoding: "utf8", env: { ...process.env, PATH: path } });
  return JSON.parse(stdout);
}

test("a language that is not on the machine has one line that says so", async () => {
  expect(await find("go", {})).toEqual({
    absence: "go: not on this machine; its tests did not run. They need 1.22 or newer.",
  });
});

test("one that is too old is named with its version", async () => {
  expect(await find("python", { python3: "Python 3.8.10" })).toEqual({
    absence: "python: only 3.8.10 is on this machine; its tests did not run. They need 3.9 or newer.",
  });
});

test("the first that is new enough is taken, whatever it is called", async () => {
  expect(await find("python", { python3: "Python 3.8.10", python: "Python 3.13.1" })).toEqual({
    command: "python",
    version: "3.13.1",
  });
  expect(await find("go", { go: "go version go1.26.8 linux/amd64" })).toEqual({ command: "go", version: "1.26.8" });
});
