#!/usr/bin/env node
// The operator's command line. Only built-ins, and nothing that an old Node cannot read, so that it can say what is wrong.
import { spawn } from "node:child_process";
import { join } from "node:path";

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Pensyve Auth needs Node 20.19 or newer; this is ${process.versions.node}. Install a newer one.`);
  process.exit(1);
}

// Standard output belongs to the verb's answer: notes about packages and the generated client go beside it.
console.log = console.error;
const { ensureClient, ensurePackages, findNode } = await import("../scripts/bootstrap.mjs");
const { exitStatus, ROOT } = await import("../scripts/step.mjs");
await ensurePackages();
const node = findNode();
await ensureClient(node);

// Where the server runs, so that a relative DATA_DIR means the same; files are named from where the person is.
const folder = process.env.INIT_CWD ?? process.cwd();
const args = [join(ROOT, "cli", "main.ts"), folder, ...process.argv.slice(2)];
const verb = spawn(node, args, { cwd: ROOT, stdio: "inherit" });
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => verb.kill(signal));
verb.once("error", (error) => {
  console.error(`The command line could not be run (${error.message}).`);
  process.exit(1);
});
verb.once("exit", (code, signal) => process.exit(exitStatus(code, signal)));
