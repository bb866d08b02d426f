import { spawn } from "node:child_process";
import { constants } from "node:os";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"];

/** Ends the launcher with one line. */
export function fail(line) {
  console.error(line);
  process.exit(1);
}

/**
 * Runs a command that prepares the start. What takes longer than a second is said; the output is shown only when it fails.
 * A signal to the launcher ends the command, then the launcher.
 * @param {string} label what it does, as in "Installing packages".
 * @returns whether it succeeded.
 */
export async function runStep(label, command, args, options = {}) {
  const started = Date.now();
  const child = spawn(command, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"], ...options });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output = (output + chunk).slice(-20_000);
    });
  }
  let hasSaid = false;
  const notice = setTimeout(() => {
    hasSaid = true;
    console.log(`${label} …`);
  }, 1_000);
  let stoppedBy;
  const onSignal = (signal) => {
    stoppedBy = signal;
    child.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  const status = await new Promise((resolve) => {
    child.once("error", (error) => {
      output += error.message;
      resolve(1);
    });
    child.once("close", (code, signal) => resolve(exitStatus(code, signal)));
  });
  clearTimeout(notice);
  for (const signal of SIGNALS) process.off(signal, onSignal);
  if (stoppedBy) process.exit(exitStatus(null, stoppedBy));
  if (status !== 0) console.error(output.trimEnd());
  else if (hasSaid) console.log(`${label}: done after ${Math.round((Date.now() - started) / 1000)} s.`);
  return status === 0;
}

/** A shell's exit status: the code, or 128 plus the signal's number. */
export function exitStatus(code, signal) {
  return code ?? 128 + (constants.signals[signal] ?? 0);
}
