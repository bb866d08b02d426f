import { env } from "#lib/env.ts";
import { describeFailure } from "#lib/server/describe-failure.ts";

// The launcher runs this before installs and builds, so that a wrong value does not first cost a minute.
try {
  env();
} catch (error) {
  process.stderr.write(`Pensyve Auth cannot start: ${describeFailure(error)}\n`);
  process.exitCode = 1;
}
