import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** A process, told apart from a later one with the same number by when it started. */
export type ProcessIdentity = { pid: number; startedAt: string };

/** The calling process. */
export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, startedAt: startTime(process.pid) ?? "" };
}

/** Whether exactly this process still runs: not ended, not a zombie, not another one that got its number. */
export function isRunning({ pid, startedAt }: ProcessIdentity): boolean {
  const now = startTime(pid);
  return now !== undefined && (startedAt === "" || now === "" || now === startedAt);
}

/**
 * When a process started, in a form that only equality is asked of.
 * @returns undefined when no such process runs; "" when it runs and its start cannot be told.
 */
export function startTime(pid: number): string | undefined {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, as somebody else.
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return undefined;
  }
  if (process.platform !== "linux") return startTimeByPs(pid);
  try {
    // Fields follow the name in parentheses, which may hold anything: state is the 1st after it, start time the 20th.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : (fields[19] ?? "");
  } catch {
    return undefined;
  }
}

function startTimeByPs(pid: number): string {
  try {
    return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
  } catch {
    return "";
  }
}
