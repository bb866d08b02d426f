import { readFileSync } from "node:fs";

/** The calling process, told apart from a later one with the same number by when it started. */
export function ownIdentity() {
  return { pid: process.pid, startedAt: startTime(process.pid) ?? "" };
}

/** Whether exactly this process still runs. */
export function isRunning({ pid, startedAt }) {
  const now = startTime(pid);
  return now !== undefined && (!startedAt || !now || now === startedAt);
}

/** Undefined: no such process; "": it runs, and its start cannot be told. Like lib/postgres/process-identity.ts, which an old Node cannot read. */
function startTime(pid) {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code === "ESRCH") return undefined;
  }
  if (process.platform !== "linux") return "";
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
