import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Connection } from "./connection.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const run = promisify(execFile);
type Call = { name: string; args: unknown[]; kwargs: Record<string, unknown> };

/** Runs a Python program whose packages take note of what they are called with. @throws Error with its complaint. */
export async function runPython(text: string, variables: Readonly<Record<string, string>>): Promise<Connection> {
  const child = spawn("python3", [join(import.meta.dirname, "read_python.py")], {
    env: { NODE_ENV: "test", PATH: process.env["PATH"], HOME: process.env["HOME"], ...variables },
  });
  let [output, errors] = ["", ""];
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  child.stderr.on("data", (chunk) => {
    errors += chunk;
  });
  child.stdin.end(text);
  const status = await new Promise((resolve) => child.once("close", resolve));
  if (status !== 0) throw new Error(errors);
  // The program may print as well; the calls come last.
  return connectionOf(JSON.parse(output.trim().split("\n").at(-1) ?? "[]"));
}

function connectionOf(calls: readonly Call[]): Connection {
  const { args, kwargs } = calls[0] ?? { args: [], kwargs: {} as Call["kwargs"] };
  if (typeof kwargs["api_url"] === "string") {
    return { url: kwargs["api_url"], headers: { Authorization: `Bearer ${kwargs["api_key"]}` } };
  }
  const [first] = args as (string | { mcpServers?: { pensyve: Server }; url?: string; headers?: Server["headers"] })[];
  if (typeof first === "string") return { url: first, headers: (kwargs["headers"] ?? {}) as Server["headers"] };
  const server = (first?.mcpServers?.pensyve ?? first ?? kwargs) as Partial<Server>;
  if (server.url === undefined) throw new Error(`No call names an address: ${JSON.stringify(calls)}`);
  return { url: server.url, headers: server.headers ?? {} };
}
type Server = { url: string; headers: Record<string, string> };

/**
 * Runs a TypeScript program in Node: `pensyve` is the SDK of this repository, other packages take note of what they are made with.
 * @returns what it noted; undefined when the program connected by itself, and ended well.
 */
export async function runTypeScript(
  text: string,
  variables: Readonly<Record<string, string>>,
): Promise<Connection | undefined> {
  return await inFolder(async (folder) => {
    const hooks = join(folder, "hooks.mjs");
    const program = join(folder, "program.mts");
    const sdk = join(ROOT, "sdk", "typescript", "src", "index.ts");
    const noted = `export class MCPAdapter { constructor(config) { console.log(JSON.stringify(config.servers.pensyve)); } listTools() { return []; } }`;
    await writeFile(
      hooks,
      `import { registerHooks } from "node:module";
registerHooks({ resolve(name, context, next) {
  if (name === "pensyve") return next(${JSON.stringify(`file://${sdk}`)}, context);
  if (name.startsWith("@langchain/")) return { url: ${JSON.stringify(`data:text/javascript,${encodeURIComponent(noted)}`)}, shortCircuit: true };
  return next(name, context);
} });\n`,
    );
    await writeFile(program, text);
    const env = { NODE_ENV: "test" as const, PATH: process.env["PATH"], ...variables };
    const { stdout } = await run(process.execPath, ["--import", hooks, program], { env });
    return stdout.trim() === "" ? undefined : (JSON.parse(stdout) as Connection);
  });
}

/** Builds and runs a Go program against the SDK of this repository. @throws Error with the compiler's or the program's complaint. */
export async function runGo(text: string, variables: Readonly<Record<string, string>>): Promise<void> {
  await inFolder(async (folder) => {
    const module = `module snippet\n\ngo 1.22\n\nrequire github.com/major7apps/pensyve/pensyve-go v0.0.0\n\nreplace github.com/major7apps/pensyve/pensyve-go => ${join(ROOT, "sdk", "go")}\n`;
    await writeFile(join(folder, "go.mod"), module);
    await writeFile(join(folder, "main.go"), text);
    const env = { ...process.env, GOFLAGS: "-mod=mod", GOPROXY: "off", GOTOOLCHAIN: "local", ...variables };
    await run("go", ["run", "."], { cwd: folder, env });
  });
}

/** Whether a language is on this machine. */
export async function hasCommand(name: string, ...args: string[]): Promise<boolean> {
  return await run(name, args).then(
    () => true,
    () => false,
  );
}

async function inFolder<Result>(act: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "pensyve-snippet-"));
  try {
    return await act(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
