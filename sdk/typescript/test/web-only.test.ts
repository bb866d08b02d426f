import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, inject, test } from "vitest";

const { url, keys } = inject("server");
const run = promisify(execFile);

test("it runs where there is nothing but what the web has: no process, no Buffer, no module of Node", async () => {
  const script = fileURLToPath(new URL("run-on-web-globals.ts", import.meta.url));
  const { stdout } = await run(process.execPath, ["--experimental-vm-modules", script, url, keys.mcp]);
  expect(JSON.parse(stdout)).toEqual({
    without: ["process", "Buffer", "require", "setImmediate"],
    found: ["likes tea"],
    outcome: "success",
  });
});
