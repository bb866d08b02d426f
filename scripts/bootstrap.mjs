import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { release, withCheckout } from "./checkout-lock.mjs";
import { fail, ROOT, runStep } from "./step.mjs";

/** shouldUpgradeCallback, without which an Upgrade header silences a request, came with this one. */
const NODE_MIN = [24, 9];
/** What the pages are built from. */
const SOURCES = ["app", "components", "lib", "public", "prisma/schema.prisma", "proxy.ts", "instrumentation.ts"];
const BUILD_FILES = ["next.config.ts", "postcss.config.mjs", "tsconfig.json", "package.json", "package-lock.json"];
const NOT_BUILT = /(^|\/)generated(\/|$)|\.test\.tsx?$/;

process.on("exit", release);

/** Installs the packages with npm ci when the lockfile is not what is installed. */
export async function ensurePackages() {
  if (arePackagesInstalled()) return;
  await withCheckout("npm ci", "", arePackagesInstalled, async () => {
    // Without node_modules/.bin, whose node is about to be replaced.
    const path = (process.env.PATH ?? "")
      .split(delimiter)
      .filter((entry) => !entry.endsWith(join("node_modules", ".bin")));
    // Prisma would fetch a native engine that is never used; any executable keeps it from that.
    const env = { ...process.env, PATH: path.join(delimiter), PRISMA_SCHEMA_ENGINE_BINARY: "/bin/true" };
    // Build tools are development dependencies: NODE_ENV=production must not leave them out.
    const args = ["ci", "--include=dev", "--include=optional", "--no-audit", "--no-fund"];
    const options = { env, shell: process.platform === "win32" };
    if (!(await runStep("Installing packages", "npm", args, options))) {
      fail("npm ci failed: see above. Mend what it names (often the network or the disk), then start again.");
    }
    if (!arePackagesInstalled()) writeFileSync(installedRecord(), lockHash());
  });
}

/** The Node that runs the server: the one that came with the packages, else the system's if it is new enough. */
export function findNode() {
  const bundled = join(ROOT, "node_modules", ".bin", process.platform === "win32" ? "node.cmd" : "node");
  for (const candidate of [bundled, process.execPath, "node"]) {
    const { stdout } = spawnSync(candidate, ["--version"], { encoding: "utf8" });
    const [major, minor] = (stdout ?? "").slice(1).split(".").map(Number);
    if (major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1])) return candidate;
  }
  return fail(
    `The Node that comes with the packages does not run on this system (${process.platform}-${process.arch}). Install Node ${NODE_MIN.join(".")} or newer.`,
  );
}

/** Generates the database client when the schema or Prisma changed. The new one replaces the old in one rename. */
export async function ensureClient(node) {
  const record = join(ROOT, "lib", "generated", ".hash");
  const schemaFile = join(ROOT, "prisma", "schema.prisma");
  const schema = readFileSync(schemaFile, "utf8");
  const hash = digest(schema, packageVersion("prisma"), packageVersion("@prisma/client"));
  const target = join(ROOT, "lib", "generated", "prisma");
  const isFresh = () => readIfThere(record) === hash && existsSync(join(target, "client.ts"));
  if (isFresh()) return;
  await withCheckout("Generating the database client", undefined, isFresh, async () => {
    const folder = join(ROOT, "lib", "generated", `draft-${process.pid}`);
    mkdirSync(folder, { recursive: true });
    const draftSchema = join(folder, "schema.prisma");
    writeFileSync(draftSchema, schema.replace(/^(\s*output\s*=\s*).*$/m, '$1"./prisma"'));
    const env = {
      ...process.env,
      PRISMA_SCHEMA_ENGINE_BINARY: "/bin/true",
      CHECKPOINT_DISABLE: "1",
      PRISMA_HIDE_UPDATE_MESSAGE: "1",
    };
    const prisma = join(ROOT, "node_modules", "prisma", "build", "index.js");
    const args = [prisma, "generate", `--schema=${draftSchema}`];
    if (!(await runStep("Generating the database client", node, args, { env }))) {
      rmSync(folder, { recursive: true, force: true });
      fail("prisma generate failed: see above.");
    }
    const old = join(folder, "old");
    if (existsSync(target)) renameSync(target, old);
    renameSync(join(folder, "prisma"), target);
    rmSync(folder, { recursive: true, force: true });
    writeFileSync(record, hash);
  });
}

/** Whether the pages in `build` are made from the sources as they are. */
export function isBuildFresh(build) {
  return readIfThere(join(ROOT, build, "source-hash")) === sourceHash();
}

/** Builds the pages into `build` when they are missing or older than the sources. @returns whether it succeeded. */
export async function ensureBuild(node, build) {
  const isFresh = () => isBuildFresh(build);
  if (isFresh()) return true;
  return withCheckout("A new build of the pages", build, isFresh, async () => {
    const hash = sourceHash();
    ensureBuildSettings();
    rmSync(join(ROOT, build, "source-hash"), { force: true });
    const next = join(ROOT, "node_modules", "next", "dist", "bin", "next");
    const env = { ...process.env, NODE_ENV: "production", NEXT_DIST_DIR: build, NEXT_TELEMETRY_DISABLED: "1" };
    const isBuilt = await runStep("Building the pages", node, [next, "build"], { env });
    if (isBuilt) writeFileSync(join(ROOT, build, "source-hash"), hash);
    return isBuilt;
  });
}

/** Next rewrites the tsconfig that it is given, so it gets one of its own, which is not in git. */
export function ensureBuildSettings() {
  const path = join(ROOT, ".next-tsconfig.json");
  if (!existsSync(path)) tryWrite(path, `${JSON.stringify({ extends: "./tsconfig.json" })}\n`);
}

/** Checks the configuration before anything that takes long. Its one line is the server's own. */
export function checkConfiguration(node) {
  const { status, stderr } = spawnSync(node, [join(ROOT, "scripts", "check-env.ts")], { cwd: ROOT, encoding: "utf8" });
  if (status !== 0) fail(stderr.trim());
}

function arePackagesInstalled() {
  if (readIfThere(installedRecord()) === lockHash()) return true;
  // Installed by npm itself: its own record names the same versions.
  const installed = readIfThere(join(ROOT, "node_modules", ".package-lock.json"));
  if (!installed) return false;
  const present = JSON.parse(installed).packages;
  const wanted = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")).packages;
  const isInstalled = Object.entries(wanted).every(([path, { version, optional, peer }]) => {
    if (path === "" || present[path]?.version === version) return true;
    return (optional || peer) && present[path] === undefined && !existsSync(join(ROOT, path));
  });
  if (isInstalled) tryWrite(installedRecord(), lockHash());
  return isInstalled;
}

function installedRecord() {
  return join(ROOT, "node_modules", ".lock-hash");
}

function lockHash() {
  return digest(readFileSync(join(ROOT, "package-lock.json"), "utf8"));
}

function packageVersion(name) {
  return JSON.parse(readFileSync(join(ROOT, "node_modules", name, "package.json"), "utf8")).version;
}

function sourceHash() {
  const hash = createHash("sha256");
  for (const name of [...BUILD_FILES, ...SOURCES.flatMap(filesUnder)]) {
    if (NOT_BUILT.test(name)) continue;
    const content = readIfThere(join(ROOT, name));
    if (content !== undefined) hash.update(`${name}\0${content}\0`);
  }
  return hash.digest("hex");
}

function filesUnder(name) {
  try {
    const entries = readdirSync(join(ROOT, name), { withFileTypes: true, recursive: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1))
      .sort();
  } catch {
    return [name];
  }
}

function readIfThere(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** A record that cannot be kept costs time at the next start, nothing else. */
function tryWrite(path, text) {
  try {
    writeFileSync(path, text);
  } catch {
    // Read-only checkout.
  }
}

function digest(...parts) {
  return createHash("sha256").update(parts.join("\0")).digest("hex");
}
