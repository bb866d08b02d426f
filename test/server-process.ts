import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..");
const started = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of started) child.kill("SIGKILL");
});

export type ServerProcess = {
  url: string;
  pid: number;
  /** Everything that it has printed so far. */
  output(): string;
  /** Resolves with the exit status, or the name of the signal that ended it. */
  exited: Promise<number | string>;
  stop(signal?: NodeJS.Signals): Promise<number | string>;
};

/** A port that was free a moment ago, on both loopback addresses. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}

/**
 * Starts server.ts as a process of its own on a free port and waits until it is ready.
 * @param environment on top of nothing but PATH and HOME: a test says all that it depends on.
 * @param options.preload modules that run before it, to move its clock.
 */
export async function startServerProcess(
  environment: Record<string, string>,
  options: { preload?: string[]; port?: number } = {},
): Promise<ServerProcess> {
  const port = options.port ?? (await freePort());
  const dataDir = environment["DATA_DIR"] ?? mkdtempSync(join(tmpdir(), "pensyve-server-"));
  const preload = (options.preload ?? []).flatMap((module) => ["--import", module]);
  const child = spawn(process.execPath, [...preload, "server.ts"], {
    cwd: ROOT,
    env: {
      NODE_ENV: "production",
      PATH: process.env["PATH"],
      HOME: process.env["HOME"],
      PORT: String(port),
      DATA_DIR: dataDir,
      ...environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  started.add(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
    });
  }
  const exited = new Promise<number | string>((resolve) => {
    child.once("exit", (code, signal) => {
      started.delete(child);
      if (environment["DATA_DIR"] === undefined) rmSync(dataDir, { recursive: true, force: true });
      resolve(code ?? signal ?? "unknown");
    });
  });
  const url = `http://localhost:${port}`;
  const server: ServerProcess = {
    url,
    pid: child.pid ?? 0,
    output: () => output,
    exited,
    stop: (signal = "SIGTERM") => {
      child.kill(signal);
      return exited;
    },
  };
  await untilReady(server, child);
  return server;
}

async function untilReady(server: ServerProcess, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`The server ended:\n${server.output()}`);
    const ready = await fetch(`${server.url}/ready`).catch(() => undefined);
    if (ready?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await server.stop("SIGKILL");
  throw new Error(`The server was not ready within 60 s:\n${server.output()}`);
}
