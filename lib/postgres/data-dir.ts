import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { StartError } from "../start-error.ts";

/**
 * Makes DATA_DIR, for its owner alone, where it does not exist.
 * @throws StartError when it cannot be made or written.
 */
export function createDataDir(dataDir: string): void {
  try {
    makeFolder(dataDir);
    const probe = join(dataDir, `.write-test-${process.pid}`);
    writeFileSync(probe, "");
    rmSync(probe);
  } catch (error) {
    throw notWritable(dataDir, error);
  }
}

/** Node's own recursive mkdir never returns where the system says ENOENT for a folder that it does not let be made (/proc). */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  if (!existsSync(dirname(path))) makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process was first.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

/**
 * The content of a private file (0600), made by `make` the first time. Two processes that come first at once end with the same content,
 * and a process that is killed meanwhile leaves no half of it.
 * @throws StartError when DATA_DIR cannot be written.
 */
export function privateFile(path: string, make: () => string): string {
  const present = readIfPresent(path);
  if (present) return present;
  const draft = `${path}.${process.pid}`;
  try {
    writeFileSync(draft, make(), { mode: 0o600 });
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw notWritable(path, error);
  } finally {
    rmSync(draft, { force: true });
  }
  return readFileSync(path, "utf8");
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw notWritable(path, error);
  }
}

function notWritable(path: string, error: unknown): StartError {
  const code = (error as NodeJS.ErrnoException).code ?? String(error);
  return new StartError(
    `${path} cannot be written (${code}). Give it to the OS user that runs this server, or set DATA_DIR to a folder that this user can write.`,
  );
}
