import { readFileSync } from "node:fs";

/**
 * Preloaded into a test's own server process: the wall clock stands `offset` milliseconds ahead, as the file named by
 * MOVED_CLOCK_FILE says; SIGUSR2 makes it read the file again, and say so. The monotonic clock goes on as it is.
 */
const file = process.env["MOVED_CLOCK_FILE"] ?? "";
const RealDate = Date;
let offset = 0;

class MovedDate extends RealDate {
  constructor(...values: [] | [number | string | Date]) {
    if (values.length === 0) super(RealDate.now() + offset);
    else super(...values);
  }
  static override now(): number {
    return RealDate.now() + offset;
  }
}

Object.assign(globalThis, { Date: MovedDate });
process.on("SIGUSR2", () => {
  offset = Number(readFileSync(file, "utf8"));
  process.stderr.write(`clock moved by ${offset}\n`);
});
