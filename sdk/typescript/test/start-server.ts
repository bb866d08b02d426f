import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";

export type Server = { url: string; keys: Record<"mcp" | "mcp:read" | "mcp:write", string> };

declare module "vitest" {
  interface ProvidedContext {
    server: Server;
  }
}

const SCRIPT = fileURLToPath(new URL("../../test-server.ts", import.meta.url));

/** Starts the server on a database of its own, once for all tests, and stops it when they are done. */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const child = spawn(process.execPath, [SCRIPT], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { value, done } = await lines.next();
  if (done) throw new Error("The server ended before it was ready.");
  provide("server", JSON.parse(value));
  return async () => {
    child.stdin.end();
    await ended;
  };
}
