import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { StartError } from "../start-error.ts";

const run = promisify(execFile);

/** An OS user that PostgreSQL runs as. */
export type Identity = { uid: number; gid: number };
export const OS_USER = "pensyve";

/**
 * The OS user for PostgreSQL when this process is root (PostgreSQL refuses to run as root), made when it is missing.
 * @param say is told when an OS user was made.
 * @returns undefined when this process is not root: PostgreSQL then runs as the same user.
 * @throws StartError when no OS user can be made.
 */
export async function postgresIdentity(say: (line: string) => void): Promise<Identity | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const present = await lookUp();
  if (present) return present;
  const attempts: [string, string[]][] = [
    ["useradd", ["--system", "--user-group", "--no-create-home", "--home-dir", "/", "--shell", "/bin/false", OS_USER]],
    ["adduser", ["-S", "-D", "-H", "-h", "/", "-s", "/bin/false", OS_USER]],
  ];
  let reason = "";
  for (const [command, args] of attempts) {
    try {
      await run(command, args);
    } catch (error) {
      reason ||= (error as Error).message.trim().split("\n").at(-1) ?? "";
    }
    const made = await lookUp();
    if (!made) continue;
    say(`Made the OS user ${OS_USER}: PostgreSQL does not run as root.`);
    return made;
  }
  throw new StartError(
    `PostgreSQL does not run as root, and the OS user ${OS_USER} could not be made (${reason}). Make it, start as an ordinary user, or set DATABASE_URL.`,
  );
}

/** Whether `identity` can enter the folder and, with `executable`, run that file in it. */
export async function canReach(identity: Identity, folder: string, executable?: string): Promise<boolean> {
  try {
    const test = 'cd "$1" && { [ -z "$2" ] || [ -x "$2" ]; }';
    await run("/bin/sh", ["-c", test, "sh", folder, executable ?? ""], { ...identity, cwd: "/" });
    return true;
  } catch {
    return false;
  }
}

async function lookUp(): Promise<Identity | undefined> {
  try {
    const [uid, gid] = await Promise.all([run("id", ["-u", OS_USER]), run("id", ["-g", OS_USER])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}
