import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

/** A build folder that nothing is built into: only the lock's behaviour is looked at. */
const BUILD = ".next-lock-test";
const MODULE = JSON.stringify(join(import.meta.dirname, "checkout-lock.mjs"));

type Run = { child: ChildProcess; output: () => string; exited: Promise<number | null> };

/** Runs a module's text as a process of its own, with the functions of the lock at hand. */
function run(text: string): Run {
  const source = `import { release, registerUser, withCheckout } from ${MODULE}; process.on("exit", release); ${text}`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", source], { stdio: ["pipe", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
    });
  }
  return { child, output: () => output, exited: new Promise((resolve) => child.once("close", resolve)) };
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error("The condition was not met within 20 s.");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const HOLD = `await withCheckout("A build", "${BUILD}", () => false, async () => {
  console.log("holds");
  await new Promise((resolve) => process.stdin.once("data", resolve));
}); process.exit(0);`;

test("of two starts at once one prepares while the other waits, says so, and then finds it done", async () => {
  const first = run(HOLD);
  await until(() => first.output().includes("holds"));
  const second = run(`await withCheckout("A build", "${BUILD}", () => true, () => console.log("worked"));`);
  await until(() => second.output().includes(`Waiting for another start in this folder (process ${first.child.pid})`));
  first.child.stdin?.write("go\n");
  expect(await first.exited).toBe(0);
  expect(await second.exited).toBe(0);
  expect(second.output()).not.toContain("worked");
});

test("the lock of a killed start is taken over", async () => {
  const killed = run(HOLD);
  await until(() => killed.output().includes("holds"));
  killed.child.kill("SIGKILL");
  await killed.exited;
  const next = run(`await withCheckout("A build", "${BUILD}", () => false, () => console.log("worked"));`);
  expect(await next.exited).toBe(0);
  expect(next.output()).toContain("worked");
});

test("nothing is rebuilt under a running server: one line that names its pid, exit status 1", async () => {
  const server = run(
    `registerUser("${BUILD}"); console.log("runs"); process.stdin.once("data", () => process.exit(0));`,
  );
  await until(() => server.output().includes("runs"));
  const start = run(`await withCheckout("A build", "${BUILD}", () => false, () => console.log("worked"));`);
  expect(await start.exited).toBe(1);
  expect(start.output().trim()).toBe(
    `A build is needed, but process ${server.child.pid} runs from this folder. Stop it (kill ${server.child.pid}), then start again.`,
  );
  server.child.stdin?.write("end\n");
  await server.exited;
});
