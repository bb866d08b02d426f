import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { isRunning, ownIdentity } from "./process-identity.mjs";
import { fail, ROOT } from "./step.mjs";

const FOLDER = join(ROOT, ".run");
const LOCK = join(FOLDER, "lock");
const USERS = join(FOLDER, "users");

/**
 * Holds the checkout while `work` changes what running servers read (packages, generated client, build): one launcher at a time. Refuses while
 * a server runs from it, and waits for another launcher.
 * @param {string} purpose what is to be done, for the message.
 * @param {string | undefined} uses what must not be in use: a build folder, "" for the whole checkout, undefined for nothing.
 * @param {() => boolean} isDone whether it is needed no more, asked once the checkout is held.
 */
export async function withCheckout(purpose, uses, isDone, work) {
  makeFolders();
  let hasSaid = false;
  for (;;) {
    try {
      writeFileSync(LOCK, JSON.stringify(ownIdentity()), { flag: "wx" });
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    const owner = read(LOCK);
    if (!owner || !isRunning(owner)) {
      await delay(50);
      const again = read(LOCK);
      if (!again || again.pid === owner?.pid) rmSync(LOCK, { force: true });
      continue;
    }
    if (!hasSaid) console.log(`Waiting for another start in this folder (process ${owner.pid}) …`);
    hasSaid = true;
    await delay(200);
  }
  try {
    if (isDone()) return true;
    const user = users().find((each) => uses === "" || each.build === uses);
    if (user)
      fail(
        `${purpose} is needed, but process ${user.pid} runs from this folder. Stop it (kill ${user.pid}), then start again.`,
      );
    return await work();
  } finally {
    release();
  }
}

/** Notes that a server runs from this checkout and reads `build`. @returns the undoing; nothing where the checkout is read-only. */
export function registerUser(build) {
  const path = join(USERS, String(process.pid));
  try {
    makeFolders();
    writeFileSync(path, JSON.stringify({ ...ownIdentity(), build }));
  } catch (error) {
    // A checkout that this user cannot write, it cannot rebuild either.
    if (error.code !== "EACCES" && error.code !== "EROFS") throw error;
  }
  return () => rmSync(path, { force: true });
}

/** Gives the checkout free, if this process holds it. */
export function release() {
  if (read(LOCK)?.pid === process.pid) rmSync(LOCK, { force: true });
}

function users() {
  return readdirSync(USERS).flatMap((name) => {
    const path = join(USERS, name);
    const user = read(path);
    if (user && isRunning(user)) return [user];
    rmSync(path, { force: true });
    return [];
  });
}

function makeFolders() {
  mkdirSync(USERS, { recursive: true });
}

function read(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
