import type { Env } from "#lib/env.ts";
import { attachDatabase } from "#lib/postgres/attach-database.ts";
import type { OpenedDatabase } from "#lib/postgres/open-database.ts";

const SAME_SIGNAL_MS = 1_000;
const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

/**
 * Gives `work` the database that the configuration names, whether or not a server runs. PostgreSQL is stopped again if it was started
 * for this; a running server's is left alone.
 * @throws what attachDatabase and `work` throw.
 */
export async function withAttached<Result>(
  environment: Env,
  work: (database: OpenedDatabase) => Promise<Result>,
): Promise<Result> {
  const giveBackSignals = finishBeforeSignals();
  try {
    const database = await attachDatabase(environment);
    try {
      return await work(database);
    } finally {
      await database.close();
    }
  } finally {
    giveBackSignals();
  }
}

/**
 * The first signal lets the verb finish, which takes seconds at most: PostgreSQL may have to be stopped again, and an act that is
 * committed should print its answer. A second one ends the process. A terminal's Ctrl C comes twice, from the terminal and the parent.
 */
function finishBeforeSignals(): () => void {
  let first = 0;
  const onSignal = () => {
    first ||= Date.now();
    if (Date.now() - first > SAME_SIGNAL_MS) process.exit(1);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return () => {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
}
