import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateKey, isWellFormedKey } from "#lib/keys/key-format.ts";

/** Searches everything that a test run's processes printed and logged for every secret that the run made (attack 9, KEY-15). */
const folder = process.argv[2] ?? "";
const output = join(folder, "output");
const CANARY = "canary.log";
const OUTPUTS_LEAST = 10;

/** A key that a process prints on purpose: if it is not found, the search is broken. */
function plantCanary(): void {
  mkdirSync(output, { recursive: true });
  const script = `console.log(JSON.stringify({ level: "debug", key: process.argv[1] }))`;
  const { stdout } = spawnSync(process.execPath, ["-e", script, generateKey()], { encoding: "utf8" });
  writeFileSync(join(output, CANARY), stdout);
}

function knownSecrets(): string[] {
  const file = join(folder, "secrets");
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
  return [...new Set(lines.map((line): string => JSON.parse(line)))];
}

/** Where a secret stands in a text: kind and line, never the secret itself. */
function leaksIn(text: string, secrets: readonly string[]): string[] {
  const keys = [...text.matchAll(/psy_[0-9A-Za-z]{49}/g)].filter(([key]) => isWellFormedKey(key));
  const found = keys.map(({ index }) => `an API key in line ${lineOf(text, index)}`);
  for (const { index } of text.matchAll(/psr_[0-9A-Za-z_-]{43}/g))
    found.push(`a refresh token in line ${lineOf(text, index)}`);
  for (const secret of secrets) {
    const index = text.indexOf(secret);
    if (index >= 0) found.push(`a secret of ${secret.length} characters in line ${lineOf(text, index)}`);
  }
  return found;
}

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}

plantCanary();
const secrets = knownSecrets();
const files = readdirSync(output);
const leaks = new Map(files.map((file) => [file, leaksIn(readFileSync(join(output, file), "utf8"), secrets)]));
const canary = leaks.get(CANARY) ?? [];
leaks.delete(CANARY);
const problems = [...leaks].flatMap(([file, found]) => found.map((leak) => `${file}: ${leak}`));
if (canary.length !== 1) problems.push("The key that was printed on purpose was not found: the search does not work.");
if (leaks.size < OUTPUTS_LEAST)
  problems.push(`Only ${leaks.size} outputs were kept: the run did not record what it printed.`);
if (secrets.length === 0) problems.push("No secret was noted: the run did not record what it made.");
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.stdout.write(
  `${leaks.size} outputs searched for ${secrets.length} secrets, every API key and every refresh token: ${problems.length} problems.\n`,
);
process.exitCode = problems.length > 0 ? 1 : 0;
