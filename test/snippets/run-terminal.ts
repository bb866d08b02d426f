import { execFile } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const STUBBED = ["claude", "npx", "curl", "curl.exe"];

/** What a terminal did: the variables of Pensyve that it ended with, and the arguments of each command that it started. */
export type TerminalRun = { variables: Record<string, string>; commands: string[][] };

/** Runs the text in `sh`, where the clients' commands take note of their arguments instead of running. */
export async function runShell(text: string): Promise<TerminalRun> {
  const folder = await mkdtemp(join(tmpdir(), "pensyve-snippet-"));
  try {
    const note = join(folder, "note.mjs");
    await writeFile(note, "console.log(JSON.stringify(process.argv.slice(2)));\n");
    for (const name of STUBBED) {
      const path = join(folder, name);
      await writeFile(path, `#!/bin/sh\nexec ${process.execPath} ${note} "$0" "$@"\n`);
      await chmod(path, 0o755);
    }
    const script = `${text}\necho; env | grep ^PENSYVE_ || true\n`;
    // An environment of its own: nothing of the test's may make a snippet work.
    const { stdout } = await run("/bin/sh", ["-eu", "-c", script], {
      env: { NODE_ENV: "test", PATH: `${folder}:/usr/bin:/bin` },
    });
    const lines = stdout.split("\n");
    return {
      commands: lines.filter((line) => line.startsWith("[")).map((line) => (JSON.parse(line) as string[]).slice(1)),
      variables: Object.fromEntries(
        lines.filter((line) => line.startsWith("PENSYVE_")).map((line) => line.split(/=(.*)/s).slice(0, 2)),
      ),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Reads the text as PowerShell would: assignments to `$env:`, `setx`, and commands with quoted arguments. */
export function readPowerShell(text: string): TerminalRun {
  const variables: Record<string, string> = {};
  const commands: string[][] = [];
  for (const line of text.split("\n")) {
    const assignment = /^\$env:(\w+) = "([^"$]*)"$/.exec(line);
    if (assignment?.[1] !== undefined && assignment[2] !== undefined) {
      variables[assignment[1]] = assignment[2];
      continue;
    }
    const words = line.match(/"[^"]*"|'[^']*'|[^\s"']+/g) ?? [];
    const [command, ...args] = words.map((word) => {
      if (word.startsWith("'")) return word.slice(1, -1);
      return word.replace(/^"|"$/g, "").replace(/\$env:(\w+)/g, (_all, name: string) => variables[name] ?? "");
    });
    if (command !== undefined && command !== "setx") commands.push(args);
  }
  return { variables, commands };
}
