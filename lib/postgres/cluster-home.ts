import { createHash, randomBytes } from "node:crypto";
import { chmodSync, chownSync, lstatSync, mkdirSync, readFileSync, readlinkSync, renameSync, statSync } from "node:fs";
import { readdir, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { StartError } from "../start-error.ts";
import { SYSTEM_DIR } from "./binaries.ts";
import { initCluster } from "./cluster.ts";
import { canReach, type Identity } from "./os-user.ts";

const VERSION = "18";

/**
 * The cluster of DATA_DIR, made the first time: DATA_DIR/postgres. Where PostgreSQL's OS user cannot reach DATA_DIR, the cluster lies in
 * /var/lib/pensyve-auth and DATA_DIR/postgres is a link to it, so that an emptied DATA_DIR means a new beginning in both cases.
 * A process killed half way leaves only a folder that the next start removes.
 * @param say is told when the data goes to /var/lib/pensyve-auth.
 */
export async function openClusterHome(
  dataDir: string,
  password: string,
  identity: Identity | undefined,
  say: (line: string) => void,
): Promise<string> {
  const path = join(dataDir, "postgres");
  if (identity) await letThrough(dataDir, identity);
  const present = existing(path);
  if (present) {
    const version = readFileSync(join(present, "PG_VERSION"), "utf8").trim();
    if (version !== VERSION) {
      throw new StartError(
        `${present} was made by PostgreSQL ${version}, and this release brings ${VERSION}. Start the release that made it, and move the data with its backup command.`,
      );
    }
    return present;
  }
  if (!identity || (await canReach(identity, dataDir))) {
    await make(path, password, identity);
    return path;
  }
  const name = createHash("sha256").update(dataDir).digest("hex").slice(0, 12);
  const elsewhere = join(SYSTEM_DIR, `${name}-${randomBytes(4).toString("hex")}`);
  mkdirSync(SYSTEM_DIR, { recursive: true, mode: 0o755 });
  chmodSync(SYSTEM_DIR, 0o755);
  await make(elsewhere, password, identity);
  await symlink(elsewhere, path);
  say(`PostgreSQL runs as its own OS user, which cannot reach ${dataDir}: its programs and data are in ${elsewhere}.`);
  return elsewhere;
}

/** The OS user that an existing cluster belongs to, when it is not root's to choose (made by an ordinary user before). */
export function clusterOwner(dataDir: string): Identity | undefined {
  try {
    const { uid, gid } = statSync(join(dataDir, "postgres"));
    return uid === 0 ? undefined : { uid, gid };
  } catch {
    return undefined;
  }
}

function existing(path: string): string | undefined {
  try {
    const target = lstatSync(path).isSymbolicLink() ? readlinkSync(path) : path;
    statSync(join(target, "PG_VERSION"));
    return target;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Something else under that name may be somebody's data: never made anew over it.
    const isFree = code === "ENOENT" && !lstatSync(path, { throwIfNoEntry: false });
    if (isFree) return undefined;
    throw new StartError(
      `${path} is not a PostgreSQL data directory that this user can read (${code}). Start as the user who made it, restore it from a backup, or set DATA_DIR to another folder.`,
    );
  }
}

/** root's DATA_DIR (0700) is opened just enough for PostgreSQL's own group to pass through. */
async function letThrough(dataDir: string, identity: Identity): Promise<void> {
  if (statSync(dataDir).uid !== 0 || (await canReach(identity, dataDir))) return;
  chownSync(dataDir, 0, identity.gid);
  chmodSync(dataDir, 0o710);
}

/** Under another name until it is whole. */
async function make(path: string, password: string, identity: Identity | undefined): Promise<void> {
  const draftPrefix = `${path}.init-`;
  for (const name of await readdir(dirname(path))) {
    const leftover = join(dirname(path), name);
    if (leftover.startsWith(draftPrefix)) await rm(leftover, { recursive: true, force: true });
  }
  const draft = `${draftPrefix}${randomBytes(4).toString("hex")}`;
  mkdirSync(draft, { mode: 0o700 });
  if (identity) chownSync(draft, identity.uid, identity.gid);
  try {
    await initCluster({ dataDir: draft, password, identity });
    renameSync(draft, path);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
}
