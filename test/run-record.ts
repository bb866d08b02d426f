import { appendFileSync, copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The record of a whole test run: what its processes printed and logged, and the secrets that it made, so that the end of the run
 * can search the one for the other. Without PENSYVE_TEST_RECORD, which `npm test` sets, nothing is kept.
 */
const folder = process.env["PENSYVE_TEST_RECORD"];
let count = 0;

/** Keeps what a process printed, or what a browser's console said. */
export function recordOutput(name: string, text: string): void {
  if (!folder) return;
  mkdirSync(join(folder, "output"), { recursive: true });
  count += 1;
  // The link to the first account is said to the person at the terminal, on a line that no logger writes.
  const logged = text.replace(/^Make the first account: .*$/m, "");
  writeFileSync(join(folder, "output", `${name}-${process.pid}-${count}.log`), logged);
}

/** Keeps what a server wrote beside its output: PostgreSQL's log, and the names of the mails (not the mails: a mail holds its link). */
export function recordDataDir(name: string, dataDir: string): void {
  if (!folder) return;
  const log = join(dataDir, "postgres.log");
  if (existsSync(log)) {
    mkdirSync(join(folder, "output"), { recursive: true });
    count += 1;
    copyFileSync(log, join(folder, "output", `${name}-postgres-${process.pid}-${count}.log`));
  }
  const mail = join(dataDir, "mail");
  if (existsSync(mail)) recordOutput(`${name}-mail`, readdirSync(mail).join("\n"));
}

/** Notes a secret that only its maker knows: a password, a session, a link. API keys need none: they are known by their checksum. */
export function recordSecret(secret: string): void {
  if (!folder || secret.length < 8) return;
  mkdirSync(folder, { recursive: true });
  appendFileSync(join(folder, "secrets"), `${JSON.stringify(secret)}\n`, { mode: 0o600 });
}
