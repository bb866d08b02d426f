import { existsSync } from "node:fs";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import type { Method } from "#lib/connect/snippet.ts";
import { snippetFor } from "#lib/connect/snippet-for.ts";
import { test as base } from "../dashboard.ts";
import { clientHome, PACKAGES, PATH, type RunningClient, runProgram } from "./run-client.ts";

/** A person's terminal, in a home of its own: what one program stores there, the next finds. */
export type Terminal = {
  /**
   * Does what the connect page says for a client: puts the file where it belongs and sets the key's variable for what runs later, or
   * runs the command.
   * @param client an id of CLIENTS
   * @returns the command that runs; undefined for a file
   */
  follow(client: string, method: Method, key?: string): Promise<RunningClient | undefined>;
  /** Runs lines of shell. `onScreen`: in a terminal of 50 wide lines, for programs that refuse to run without one, or draw. */
  run(lines: string, options?: { onScreen?: boolean }): RunningClient;
};

/** npx of the npm that is on this machine. It runs what is in `node_modules` of the home, and does not ask the registry then. */
const NPX =
  (process.env["PATH"] ?? "").split(delimiter).find((folder) => existsSync(join(folder, "npx"))) ?? "/usr/bin";

/** `terminal`: new for each test; what still runs in it ends with the test. */
export const test = base.extend<{ terminal: Terminal }>({
  terminal: async ({ server }, use) => {
    const home = await clientHome();
    await symlink(join(PACKAGES, "node_modules"), join(home.path, "node_modules"));
    const running: RunningClient[] = [];
    let variables = "";
    const run: Terminal["run"] = (lines, { onScreen = false } = {}) => {
      const script = onScreen ? `stty rows 50 cols 1000\n${variables}${lines}` : variables + lines;
      const [program, args] = onScreen
        ? ["/usr/bin/script", ["-qfec", script, "/dev/null"]]
        : ["/bin/sh", ["-e", "-c", script]];
      const client = runProgram(program, args, home.path, { PATH: `${PATH}${delimiter}${NPX}`, SHELL: "/bin/sh" });
      running.push(client);
      return client;
    };
    await use({
      run,
      async follow(client, method, key) {
        const snippet = snippetFor({
          client,
          method,
          mcpUrl: `${server.url}/mcp`,
          apiUrl: server.url,
          key,
          system: process.platform === "darwin" ? "macos" : "linux",
        });
        if (snippet.kind === "command") return run(snippet.text);
        if (snippet.kind !== "file" || !snippet.path)
          throw new Error(`Nothing to put anywhere for ${client}, ${method}.`);
        const path = snippet.path.replace(/^~/, home.path);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, snippet.text);
        variables = snippet.environment ? `${snippet.environment.text}\n` : "";
        return undefined;
      },
    });
    await Promise.all(running.map((client) => client.stop()));
    await home.remove();
  },
});
