import { spawn } from "node:child_process";
import { join } from "node:path";
import {
  checkConfiguration,
  ensureBuild,
  ensureBuildSettings,
  ensureClient,
  ensurePackages,
  findNode,
  isBuildFresh,
} from "./bootstrap.mjs";
import { registerUser } from "./checkout-lock.mjs";
import { exitStatus, fail, ROOT } from "./step.mjs";

const PARENT_CHECK_MS = 250;

/**
 * Makes the checkout ready, runs the server and passes its exit status on. The server runs in a session of its own, so that signals
 * come from here; it ends when its channel to the launcher closes, also when the launcher is killed.
 * @param {"start" | "dev" | "build"} mode `build` stops once everything is ready; `dev` has pages that follow the sources.
 */
export async function launch(mode) {
  const isDevelopment = mode === "dev";
  await ensurePackages();
  const node = findNode();
  const servesPages = (process.env.SERVE ?? "").trim() !== "gateway";
  const build = !isDevelopment && servesPages ? (process.env.NEXT_DIST_DIR ?? ".next") : undefined;
  if (build && !isBuildFresh(build)) checkConfiguration(node);
  await ensureClient(node);
  if (isDevelopment) ensureBuildSettings();
  let unregister = () => {};
  for (;;) {
    if (build && !(await ensureBuild(node, build))) fail("The pages could not be built: see above.");
    if (mode === "build") return;
    unregister = registerUser(build ?? "");
    // Between the check and the note another start may have begun to rebuild.
    if (!build || isBuildFresh(build)) break;
    unregister();
  }
  process.on("exit", unregister);

  const server = spawn(node, [join(ROOT, "server.ts"), ...(isDevelopment ? ["--dev"] : [])], {
    cwd: ROOT,
    detached: true,
    env: { ...process.env, ...(build ? { NEXT_DIST_DIR: build } : {}) },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const forward = (signal) => server.kill(signal);
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => forward(signal));
  watchNpm(() => forward("SIGTERM"));
  server.once("error", (error) => fail(`The server could not be run (${error.message}).`));
  server.once("exit", (code, signal) => process.exit(exitStatus(code, signal)));
}

/** npm that is killed cannot pass a signal on; its child notices by getting another parent. */
function watchNpm(onGone) {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, PARENT_CHECK_MS);
}
