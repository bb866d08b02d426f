import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "#test/free-port.ts";
import { recordOutput } from "#test/run-record.ts";

const run = promisify(execFile);
const FOLDER = join(import.meta.dirname, "code-server");
const PACKAGE = join(FOLDER, "node_modules", "code-server");
const EDITOR = join(PACKAGE, "lib", "vscode");
const ENTRY = join(PACKAGE, "out", "node", "entry.js");
const EXTENSION = join(import.meta.dirname, "..", "..", "integrations", "vscode");
/** Compiled for the machine. kerberos, which proxies with Windows accounts need, wants the headers of GSSAPI, and is left out. */
const NATIVE = ["node-pty", "@vscode/spdlog", "@parcel/watcher", "@vscode/native-watchdog", "@vscode/fs-copyfile"];
const READY_MS = 60_000;

export type CodeServer = {
  url: string;
  settingsFile: string;
  /** Writes the settings of the person who uses it. */
  configure(settings: Record<string, unknown>): Promise<void>;
  stop(): Promise<void>;
};

/**
 * Installs code-server where it is missing, as its own install script does, but for kerberos. Its packages are those of its lockfile;
 * three minutes on two cores. @throws with npm's last words when it cannot be installed
 */
export async function installCodeServer(): Promise<void> {
  const finished = join(EDITOR, "node_modules", ".complete");
  if (existsSync(finished)) return;
  // The headers of the Node that runs it, which come with it: node-gyp would download them.
  const nodedir = dirname(dirname(process.execPath));
  await npm(["ci", "--ignore-scripts"], FOLDER);
  // Its shrinkwrap has more than its package.json asks for, which `npm ci` refuses.
  await npm(["install", "--omit=dev", "--ignore-scripts"], EDITOR);
  await npm(["install", "--omit=dev", "--ignore-scripts"], join(EDITOR, "extensions"));
  await npm(["rebuild", "--ignore-scripts=false", ...NATIVE], EDITOR, { npm_config_nodedir: nodedir });
  await npm(["rebuild", "--ignore-scripts=false", "argon2"], FOLDER, { npm_config_nodedir: nodedir });
  await writeFile(finished, "");
}

/** Packs the extension as it is published. @returns the path of the .vsix */
export async function packExtension(folder: string): Promise<string> {
  const file = join(folder, "pensyve.vsix");
  await npm(["run", "package", "--", "--out", file], EXTENSION);
  return file;
}

/** Starts code-server with a home of its own, on a free port of this computer, with the extension in it. */
export async function startCodeServer(home: string, vsix: string): Promise<CodeServer> {
  const data = join(home, "data");
  const extensions = join(home, "extensions");
  const project = join(home, "project");
  const settingsFile = join(data, "User", "settings.json");
  await mkdir(dirname(settingsFile), { recursive: true });
  await mkdir(project);
  const port = await freePort();
  const env: NodeJS.ProcessEnv = {
    NODE_ENV: "production",
    HOME: home,
    PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
    // No gallery on the internet is asked.
    EXTENSIONS_GALLERY: "{}",
  };
  const places = ["--user-data-dir", data, "--extensions-dir", extensions];
  await run(process.execPath, [ENTRY, ...places, "--install-extension", vsix], { env, cwd: home });
  const quiet = ["--auth=none", "--disable-telemetry", "--disable-update-check", "--disable-workspace-trust"];
  const args = [
    ENTRY,
    ...places,
    ...quiet,
    "--disable-getting-started-override",
    `--bind-addr=127.0.0.1:${port}`,
    project,
  ];
  const child = spawn(process.execPath, args, { env, cwd: home, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
  }
  const origin = `http://127.0.0.1:${port}`;
  const stop = async () => {
    await end(child);
    recordOutput("code-server", printed);
  };
  try {
    await untilReady(`${origin}/healthz`, child);
  } catch (error) {
    await stop();
    throw new Error(`code-server did not start:\n${printed}`, { cause: error });
  }
  return {
    url: `${origin}/?folder=${encodeURIComponent(project)}`,
    settingsFile,
    configure: (settings) => writeFile(settingsFile, JSON.stringify(settings)),
    stop,
  };
}

async function npm(args: string[], cwd: string, variables: Record<string, string> = {}): Promise<void> {
  const env = { ...process.env, npm_config_audit: "false", npm_config_fund: "false", ...variables };
  // Compilers say a lot.
  await run("npm", args, { cwd, env, maxBuffer: 100_000_000 }).catch((error: { stderr?: string }) => {
    throw new Error(`npm ${args[0]} failed in ${cwd}:\n${error.stderr?.slice(-2_000)}`, { cause: error });
  });
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + READY_MS;
  while (Date.now() < deadline && child.exitCode === null) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("It did not answer.");
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = once(child, "exit");
  // With its process group: the extension host is a process of its own.
  process.kill(-child.pid, "SIGTERM");
  await gone;
}
