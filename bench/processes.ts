import { type ChildProcess, execFileSync, fork, spawnSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";

/** Which core the measured process has for itself, and which the load and PostgreSQL share. */
const SERVER_CORE = "0";
const CLIENT_CORE = "1";

export const hasTaskset = spawnSync("taskset", ["--version"]).status === 0;

export type Measured = {
  port: number;
  cpuMicroseconds(): Promise<number>;
  stop(): Promise<void>;
};

/** Starts `file` on its own core and waits until it answers. Its output goes to `${folder}/${name}.log`. */
export async function startMeasured(
  folder: string,
  name: string,
  file: string,
  port: number,
  env: Record<string, string>,
): Promise<Measured> {
  const output = openSync(join(folder, `${name}.log`), "w");
  const child = fork(join(import.meta.dirname, "..", file), [], {
    env: { ...process.env, ...env, PORT: String(port) },
    execArgv: [...profiling(folder, name), "--import", join(import.meta.dirname, "report-cpu.ts")],
    stdio: ["ignore", output, output, "ipc"],
  });
  closeSync(output);
  pin(child.pid, SERVER_CORE);
  await answers(child, port, join(folder, `${name}.log`));
  return {
    port,
    cpuMicroseconds: () =>
      new Promise((resolve) => {
        child.once("message", (message: { cpuMicroseconds: number }) => resolve(message.cpuMicroseconds));
        child.send("cpu");
      }),
    stop: () =>
      new Promise((resolve) => {
        child.once("exit", () => resolve());
        child.kill("SIGTERM");
      }),
  };
}

/** Moves this process, and what it starts later, to the core that is not measured. */
export function pinSelf(): void {
  pin(process.pid, CLIENT_CORE);
}

/** Moves a process with all its threads, so that nothing of it runs elsewhere. */
function pin(pid: number | undefined, core: string): void {
  if (hasTaskset && pid !== undefined) execFileSync("taskset", ["-acp", core, String(pid)], { stdio: "ignore" });
}

/** `npm run bench -- --profile` leaves a CPU profile of each process in the folder that it prints. */
function profiling(folder: string, name: string): string[] {
  return process.argv.includes("--profile")
    ? ["--cpu-prof", `--cpu-prof-dir=${folder}`, `--cpu-prof-name=${name}.cpuprofile`]
    : [];
}

async function answers(child: ChildProcess, port: number, log: string): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`The process ended with ${child.exitCode}; see ${log}`);
    const response = await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined);
    if (response) {
      await response.arrayBuffer();
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`The process does not answer on port ${port}; see ${log}`);
}
