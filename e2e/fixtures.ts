import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test as base, expect, type Page } from "@playwright/test";
import { freePort } from "#test/free-port.ts";
import { recordDataDir, recordOutput, recordSecret } from "#test/run-record.ts";

const ROOT = join(import.meta.dirname, "..");
/** The tests' own build; a server that runs from this checkout keeps its own. */
const BUILD = process.env["NEXT_DIST_DIR"] ?? ".next-test";
const START_MS = 40_000;
const STOP_MS = 15_000;

/** The first account of the shared server. Its name and e-mail appear on every page that somebody signed in sees. */
export const ADMINISTRATOR = {
  email: "maya@example.org",
  name: "Maya Okafor",
  password: "the ferry leaves at noon",
};

export type RunningServer = {
  url: string;
  port: number;
  dataDir: string;
  process: ChildProcess;
  /** Everything it has printed so far. */
  output: () => string;
  /** Runs the operator's command line beside it. @returns standard output. */
  cli: (args: string[], input?: string) => Promise<string>;
  /** SIGTERM, and waits until it is gone with its PostgreSQL. */
  stop: () => Promise<void>;
};

/**
 * Starts a server of its own: port, DATA_DIR and built-in PostgreSQL; nothing of it is left after `stop`.
 * `nodeArguments` go before server.ts, for preloads.
 */
export async function startServer(
  options: { env?: Record<string, string>; nodeArguments?: string[] } = {},
): Promise<RunningServer> {
  const dataDir = await mkdtemp(join(tmpdir(), "pensyve-e2e-"));
  const port = await freePort();
  const publicUrl = options.env?.["PUBLIC_URL"] ?? `http://localhost:${port}`;
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    NODE_ENV: "production",
    NEXT_DIST_DIR: BUILD,
    DATA_DIR: dataDir,
    PORT: String(port),
    PUBLIC_URL: publicUrl,
    LOG_LEVEL: "debug",
    ...options.env,
  };
  const child = spawn(process.execPath, [...(options.nodeArguments ?? []), "server.ts"], { cwd: ROOT, env });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
  }
  const server: RunningServer = {
    url: publicUrl,
    port,
    dataDir,
    process: child,
    output: () => printed,
    cli: (args, input) => runCli(env, args, input),
    stop: async () => {
      await end(child);
      recordOutput("e2e", printed);
      recordDataDir("e2e", dataDir);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  try {
    await untilReady(server);
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** The link that makes the first account, as the server wrote it. */
export async function setupUrl(server: RunningServer): Promise<string> {
  const url = (await readFile(join(server.dataDir, "setup-url"), "utf8")).trim();
  recordSecret(new URL(url).searchParams.get("token") ?? "");
  return url;
}

/** Signs in by the form and waits for the keys page. */
export async function signIn(page: Page, server: RunningServer, account = ADMINISTRATOR): Promise<void> {
  await page.goto(`${server.url}/sign-in`);
  await page.getByLabel("Email").fill(account.email);
  await page.getByLabel("Password").fill(account.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "API keys" })).toBeVisible();
  recordSecret(account.password);
  for (const { name, value } of await page.context().cookies()) if (name.includes("session")) recordSecret(value);
}

/** `server`: one for the whole worker, with {@link ADMINISTRATOR} as its account. */
export const test = base.extend<object, { server: RunningServer }>({
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names from this pattern
    async ({}, use) => {
      const server = await startServer();
      const { email, name, password } = ADMINISTRATOR;
      await server.cli(["user", "create", "--email", email, "--name", name, "--admin", "--password-stdin"], password);
      await use(server);
      await server.stop();
    },
    { scope: "worker", timeout: 60_000 },
  ],
});

export { expect };

async function untilReady(server: RunningServer): Promise<void> {
  const deadline = Date.now() + START_MS;
  while (Date.now() < deadline && server.process.exitCode === null) {
    const response = await fetch(`http://127.0.0.1:${server.port}/ready`).catch(() => undefined);
    if (response?.ok && server.output().includes("is ready at")) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`The server did not start:\n${server.output()}`);
}

async function runCli(env: NodeJS.ProcessEnv, args: string[], input = ""): Promise<string> {
  const child = spawn(process.execPath, ["cli/main.ts", ROOT, ...args], { cwd: ROOT, env });
  let [output, errors] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  child.stdin.end(input);
  const [status] = await once(child, "close");
  if (status !== 0) throw new Error(`${args.slice(0, 2).join(" ")}: ${errors}`);
  return output;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  const late = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
  await gone;
  clearTimeout(late);
}
