import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "@playwright/test";
import { type RunningServer, startServer } from "./fixtures.ts";

export type ServerWithClock = {
  server: RunningServer;
  /** Sets its wall clock so far ahead of the real one. */
  moveClock(milliseconds: number): Promise<void>;
};

/** A server of its own whose clock the test moves. */
export async function serverWithClock(env: Record<string, string> = {}): Promise<ServerWithClock> {
  const file = join(tmpdir(), `pensyve-clock-${process.pid}-${Date.now()}`);
  await writeFile(file, "0");
  const server = await startServer({
    env: { ...env, MOVED_CLOCK_FILE: file },
    nodeArguments: ["--import", "./e2e/moved-clock.ts"],
  });
  return {
    server,
    async moveClock(milliseconds) {
      await writeFile(file, String(milliseconds));
      server.process.kill("SIGUSR2");
      await expect.poll(() => server.output()).toContain(`clock moved by ${milliseconds}`);
    },
  };
}
