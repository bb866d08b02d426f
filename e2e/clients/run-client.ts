import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import { recordOutput } from "#test/run-record.ts";

/** Where a client sends the person to. In a terminal, the BEL of the link around it may follow. */
export const AUTHORIZATION_URL = /http[\w:/.-]+\/oauth\/authorize\?[\w=&%.+~-]+/;
export const PACKAGES = join(import.meta.dirname, "packages");
const BIN = join(PACKAGES, "node_modules", ".bin");
/** The clients, this Node for those that begin with `#!/usr/bin/env node`, and nothing else that only this machine has. */
export const PATH = [BIN, dirname(process.execPath), "/usr/bin", "/bin"].join(delimiter);
/** Clients talk to nobody but the servers that they are told of. */
const QUIET = {
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
  DISABLE_TELEMETRY: "1",
  DISABLE_AUTOUPDATER: "1",
  OPENCODE_DISABLE_AUTOUPDATE: "1",
  OPENCODE_DISABLE_MODELS_FETCH: "1",
  OPENCODE_DISABLE_DEFAULT_PLUGINS: "1",
  OPENCODE_DISABLE_LSP_DOWNLOAD: "1",
  npm_config_offline: "true",
  npm_config_update_notifier: "false",
};

export type RunningClient = {
  /** Everything it has printed so far, on both streams. */
  output(): string;
  stdout(): string;
  /** Waits until its output matches. @returns the first group, or the match. @throws with the output when it ends before, or after 60 s. */
  says(pattern: RegExp): Promise<string>;
  /** Its exit status, when it has ended by itself. */
  ended: Promise<number>;
  write(line: string): void;
  /** The Enter of a terminal that a program reads key by key. */
  pressEnter(): void;
  /** Nobody will type anything. */
  closeInput(): void;
  /** Ends it and what it started. */
  stop(): Promise<void>;
};

/** A home of its own for clients: what one run stores, the next finds. */
export async function clientHome(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "pensyve-client-"));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/**
 * Where a command is that a package installed.
 * @param command a name in `.bin` of e2e/clients/packages, or of the folder `packages`
 * @throws when it is not installed
 */
export function installedCommand(command: string, packages = PACKAGES): string {
  const program = join(packages, "node_modules", ".bin", command);
  if (!existsSync(program)) throw new Error(`${command} is not installed. See above why, or run: npm run test:clients`);
  return program;
}

/** Runs a command that a package installed, see {@link installedCommand}, as its users would: see {@link runProgram}. */
export function runClient(
  command: string,
  args: readonly string[],
  home: string,
  env: Record<string, string> = {},
  packages = PACKAGES,
): RunningClient {
  return runProgram(installedCommand(command, packages), args, home, env);
}

/** Runs a program in `home` and an otherwise empty environment. */
export function runProgram(
  program: string,
  args: readonly string[],
  home: string,
  env: Record<string, string> = {},
): RunningClient {
  const child = spawn(program, args, {
    cwd: home,
    // No browser of this machine may open: the test brings its own.
    env: { HOME: home, PATH, BROWSER: "/bin/false", NO_COLOR: "1", NODE_ENV: "production", ...QUIET, ...env },
    detached: true,
    stdio: "pipe",
  });
  const texts = { stdout: "", all: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      texts.all += text;
      if (name === "stdout") texts.stdout += text;
    });
  }
  let isClosed = false;
  const ended = new Promise<number>((resolve) => {
    child.once("close", (code) => {
      isClosed = true;
      resolve(code ?? 1);
    });
  });
  void ended.then(() => recordOutput("client", texts.all));
  return {
    output: () => texts.all,
    stdout: () => texts.stdout,
    ended,
    async says(pattern) {
      const deadline = Date.now() + 60_000;
      for (;;) {
        const match = pattern.exec(texts.all);
        if (match) return match[1] ?? match[0];
        if (isClosed || Date.now() > deadline)
          throw new Error(`${basename(program)} did not say ${pattern}:\n${texts.all}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    write: (line) => child.stdin.write(`${line}\n`),
    pressEnter: () => child.stdin.write("\r"),
    closeInput: () => child.stdin.end(),
    async stop() {
      if (child.exitCode === null && child.signalCode === null && child.pid !== undefined)
        process.kill(-child.pid, "SIGTERM");
      await ended;
    },
  };
}
