import { readFileSync } from "node:fs";

/**
 * Preloaded into a test's own server process: the wall clock stands `offset` milliseconds ahead, as the file named by
 * MOVED_CLOCK_FILE says; SIGUSR2 makes it read the file again, and say so. The monotonic clock goes on as it is.
 */
const file = process.env["MOVED_CLOCK_FILE"] ?? "";
const RealDate = Date;
let offset = 0;
const movedNow = (): number => RealDate.now() + offset;

// A proxy and not a subclass: what it makes are plain dates, which React passes on to the browser.
globalThis.Date = new Proxy(RealDate, {
  construct: (target, values) => Reflect.construct(target, values.length > 0 ? values : [movedNow()]),
  get: (target, name) => (name === "now" ? movedNow : Reflect.get(target, name)),
});
process.on("SIGUSR2", () => {
  offset = Number(readFileSync(file, "utf8"));
  process.stderr.write(`clock moved by ${offset}\n`);
});
