import { accessSync, constants, existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Env } from "#lib/env.ts";
import { type Check, fail, ok, warn } from "./check.ts";

const NAME = "data folder";
const PRIVATE_FILES = ["secret", "postgres-password", "setup-url"];
const OTHERS = 0o007;
const GROUP_AND_OTHERS = 0o077;

/** DATA_DIR can be written, and neither it nor what is private in it is open to other users of the machine. */
export function checkDataDir({ dataDir, roles }: Env): Check[] {
  if (!roles.has("web")) return [ok(NAME, "Not used: a gateway on its own keeps nothing on disk.")];
  if (!existsSync(dataDir)) return [warn(NAME, `${dataDir} does not exist yet: the first start makes it.`)];
  try {
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return [
      fail(
        NAME,
        `${dataDir} cannot be written (${code}). Give it to the OS user that runs the server, or set DATA_DIR.`,
      ),
    ];
  }
  const open = [
    ...(isOpen(dataDir, OTHERS) ? [dataDir] : []),
    ...PRIVATE_FILES.map((name) => join(dataDir, name)).filter((path) => isOpen(path, GROUP_AND_OTHERS)),
  ];
  if (open.length === 0) return [ok(NAME, `${dataDir} can be written, and is closed to other users.`)];
  return [
    fail(
      NAME,
      `Other users of this machine can enter or read: ${open.join(", ")}. Close them: chmod go-rwx ${open.join(" ")}`,
    ),
  ];
}

function isOpen(path: string, bits: number): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats !== undefined && (stats.mode & bits) !== 0;
}
