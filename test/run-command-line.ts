import { spawn } from "node:child_process";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..");

export type CommandResult = { status: number; stdout: string; stderr: string };

/**
 * Runs the operator's command line as a process of its own.
 * @param environment on top of nothing but PATH and HOME: a test says all that it depends on.
 * @param options.terminateWhen asked again and again; once it holds, the process gets SIGTERM.
 * @param options.via the launcher itself, or npm as a person would call it.
 */
export async function runCommandLine(
  argv: readonly string[],
  environment: Record<string, string>,
  options: { stdin?: string; via?: "main" | "npm"; folder?: string; terminateWhen?: () => boolean } = {},
): Promise<CommandResult> {
  const [command, args] =
    options.via === "npm"
      ? ["npm", ["run", "--silent", "cli", "--", ...argv]]
      : [process.execPath, [join(ROOT, "cli", "main.mjs"), ...argv]];
  const child = spawn(command, args, {
    cwd: options.folder ?? ROOT,
    env: { NODE_ENV: "production", PATH: process.env["PATH"], HOME: process.env["HOME"], ...environment },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
  });
  child.stdin.on("error", () => undefined); // a verb that reads nothing may be gone before all is written
  child.stdin.end(options.stdin ?? "");
  const timer = setInterval(() => {
    if (!options.terminateWhen?.()) return;
    clearInterval(timer);
    child.kill("SIGTERM");
  }, 5);
  const status = await new Promise<number>((resolve) => child.once("close", (code) => resolve(code ?? -1)));
  clearInterval(timer);
  return { status, stdout, stderr };
}
