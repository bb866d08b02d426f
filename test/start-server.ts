import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";
import { recordDataDir, recordOutput } from "./run-record.ts";

const ROOT = join(import.meta.dirname, "..");
const READY_TIMEOUT_MS = 200_000;
const POLL_MS = 25;

export type RunningServer = {
  url: string;
  port: number;
  dataDir: string;
  child: ChildProcess;
  /** Everything it has written so far, standard output and standard error. */
  output: () => string;
  /** The link to the first account, from DATA_DIR/setup-url. */
  setupUrl: () => Promise<string>;
  /** Resolves with its exit status when it has ended. */
  exited: Promise<number>;
  /** SIGTERM, waits until it has ended, removes DATA_DIR if it was made here. */
  stop: () => Promise<number>;
};

type Options = {
  /** Beside PORT and DATA_DIR; nothing else of the test's own environment is passed on. */
  env?: Record<string, string>;
  /** Kept when given; else a new one that `stop` removes. */
  dataDir?: string;
  port?: number;
  /** What to run: the server itself, or `npm start` with everything that it prepares. */
  via?: "server" | "npm start";
  /** Arguments for Node, such as a preload: `["--import", file]`. */
  nodeArgs?: string[];
  uid?: number;
  gid?: number;
};

/** Runs a server process as a user would, without waiting for it. */
export async function spawnServer(options: Options = {}): Promise<RunningServer> {
  const port = options.port ?? (await freePort());
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), "pensyve-data-")));
  const node = process.execPath;
  const [command, args] =
    options.via === "npm start" ? ["npm", ["start"]] : [node, [...(options.nodeArgs ?? []), join(ROOT, "server.ts")]];
  const child = spawn(command, args, {
    cwd: ROOT,
    env: {
      NODE_ENV: "production",
      PATH: process.env["PATH"],
      HOME: process.env["HOME"],
      NEXT_DIST_DIR: process.env["NEXT_DIST_DIR"] ?? ".next-test",
      PORT: String(port),
      DATA_DIR: dataDir,
      ...options.env,
    },
    stdio: ["ignore", "pipe", "pipe"],
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.gid ?? options.uid }),
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const exited = new Promise<number>((resolve) => {
    child.once("close", (code, signal) => {
      recordOutput("server", output);
      recordDataDir("server", dataDir);
      resolve(code ?? (signal === "SIGKILL" ? 137 : 143));
    });
    child.once("error", () => resolve(-1));
  });
  return {
    url: `http://localhost:${port}`,
    port,
    dataDir,
    child,
    output: () => output,
    setupUrl: async () => (await readFile(join(dataDir, "setup-url"), "utf8")).trim(),
    exited,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
      const status = await exited;
      if (!options.dataDir) await rm(dataDir, { recursive: true, force: true });
      return status;
    },
  };
}

/** Runs a server process and waits until GET /ready says so. @throws Error with its output when it ends instead. */
export async function startServer(options: Options = {}): Promise<RunningServer> {
  const server = await spawnServer(options);
  let status: number | undefined;
  void server.exited.then((code) => {
    status = code;
  });
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (!(await isReady(server.url))) {
    if (status !== undefined) throw new Error(`The server ended with status ${status}:\n${server.output()}`);
    if (Date.now() > deadline) {
      await server.stop();
      throw new Error(`The server is not ready after ${READY_TIMEOUT_MS / 1000} s:\n${server.output()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  // With pages, the link is written after the first answer is possible.
  const hasPages = options.env?.["SERVE"] !== "gateway";
  while (hasPages && status === undefined && !server.output().includes("is ready at")) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return server;
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/ready`)).ok;
  } catch {
    return false;
  }
}
