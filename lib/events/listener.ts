import { hostname } from "node:os";
import pg from "pg";
import {
  ACKNOWLEDGEMENT_CHANNEL,
  type CredentialEvent,
  decodeEvent,
  EVENT_CHANNEL,
  heartbeatChannel,
} from "#lib/events.ts";
import { newId } from "#lib/ids.ts";
import { log } from "#lib/log.ts";
import { STALENESS_MS } from "./receipt.ts";

const HEARTBEAT_MS = 1_000;
const RECONNECT_LEAST_MS = 100;
const RECONNECT_MOST_MS = 2_000;
/** Events this young are acknowledged on connecting: whoever waits for them may have counted this gateway already. */
const RECENT_SECONDS = 30;
const FORGET_GATEWAYS_AFTER_SECONDS = 3_600;

export type Listener = {
  gatewayId: string;
  /**
   * Whether every event that was committed more than {@link STALENESS_MS} ago has certainly been heard. Asked on each request;
   * it compares the monotonic clock, which goes on while the process is stopped. `monotonicMs`: performance.now(), if just read.
   */
  isTrusted(monotonicMs?: number): boolean;
  /** Leaves the register, so that nobody waits for this gateway, and closes the connection. */
  stop(): Promise<void>;
};

type Handlers = {
  /** Called for each event, in commit order, before it is acknowledged. Synchronous: when it returns, the change holds here. */
  onEvent(event: CredentialEvent): void;
  /** Events may have been missed: forget everything. */
  onReset(): void;
};

/**
 * Registers this process as a gateway and hears every event on a connection of its own (never through a transaction pooler).
 *
 * Trust: each second it notifies itself, and takes the time at which the newest heartbeat that came back was *sent*.
 * PostgreSQL delivers notifications in commit order, so what was committed before that heartbeat has been heard.
 * Resolves when registered and trusted for the first time. Afterwards it reconnects for ever; untrusted meanwhile.
 * @throws what the first connection throws.
 */
export async function startListener(config: pg.ClientConfig, handlers: Handlers): Promise<Listener> {
  const gatewayId = newId();
  const state: State = { gatewayId, heardUntil: Number.NEGATIVE_INFINITY, client: undefined };
  let stopped = false;

  const keepListening = async (first: Connection): Promise<void> => {
    let connection: Connection | undefined = first;
    let wait = RECONNECT_LEAST_MS;
    while (!stopped) {
      if (connection) {
        wait = RECONNECT_LEAST_MS;
        const reason = await connection.ended;
        state.client = undefined;
        state.heardUntil = Number.NEGATIVE_INFINITY;
        handlers.onReset();
        if (stopped) return;
        log.warn("The gateway no longer hears of changes; it asks the database for every request until it does", {
          reason,
        });
      }
      await new Promise((resolve) => setTimeout(resolve, wait).unref());
      wait = Math.min(wait * 2, RECONNECT_MOST_MS);
      connection = stopped ? undefined : await listen(config, state, handlers).catch(() => undefined);
      if (connection) log.info("The gateway hears of changes again");
    }
  };
  const connection = await listen(config, state, handlers);
  void keepListening(connection);

  return {
    gatewayId,
    isTrusted: (monotonicMs = performance.now()) => monotonicMs - state.heardUntil <= STALENESS_MS,
    stop: async () => {
      stopped = true;
      state.heardUntil = Number.NEGATIVE_INFINITY;
      const { client } = state;
      if (!client) return;
      await client
        .query("DELETE FROM gateway_instances WHERE id = $1 OR last_seen_at < now() - make_interval(secs => $2)", [
          gatewayId,
          FORGET_GATEWAYS_AFTER_SECONDS,
        ])
        .catch((error: Error) => log.warn("Leaving the register of gateways failed", { error: error.message }));
      await client.end().catch(() => undefined);
    },
  };
}

type State = { gatewayId: string; heardUntil: number; client: pg.Client | undefined };
type Connection = { /** Why it ended. */ ended: Promise<string> };

/** One connection's life: listens, registers, catches up, and beats until it ends. Resolves when the first heartbeat is back. */
async function listen(config: pg.ClientConfig, state: State, handlers: Handlers): Promise<Connection> {
  const client = new pg.Client({
    ...config,
    application_name: "pensyve-auth events",
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
    query_timeout: STALENESS_MS,
  });
  const ended = Promise.withResolvers<string>();
  const firstHeartbeat = Promise.withResolvers<void>();
  let timer: NodeJS.Timeout | undefined;
  let finished = false;
  const finish = (reason: string): void => {
    finished = true;
    clearInterval(timer);
    ended.resolve(reason);
    firstHeartbeat.reject(new Error(reason));
    void client.end().catch(() => undefined);
  };
  firstHeartbeat.promise.catch(() => undefined);
  const inTurn = makeTurns();
  client.on("error", (error) => finish(error.message));
  client.on("end", () => finish("The connection ended"));
  client.on("notification", ({ channel, payload = "" }) => {
    if (finished) return; // a heartbeat of a connection that was given up proves nothing
    if (channel !== EVENT_CHANNEL) {
      state.heardUntil = Math.max(state.heardUntil, Number(payload));
      return firstHeartbeat.resolve();
    }
    const event = decodeEvent(payload);
    // An event of a kind that only a newer release knows: whatever it means, starting from nothing is right.
    if (event) handlers.onEvent(event);
    else handlers.onReset();
    const acknowledgement = [ACKNOWLEDGEMENT_CHANNEL, `${payload.split(" ", 1)[0]} ${state.gatewayId}`];
    inTurn(() => client.query("SELECT pg_notify($1, $2)", acknowledgement)).catch((error: Error) =>
      finish(error.message),
    );
  });
  try {
    await client.connect();
    await client.query(`LISTEN ${EVENT_CHANNEL}; LISTEN ${heartbeatChannel(state.gatewayId)}`);
    state.client = client;
    handlers.onReset();
    await inTurn(() => beat(client, state.gatewayId));
    await inTurn(() =>
      client.query(
        "SELECT pg_notify($1, id || ' ' || $2) FROM credential_events WHERE created_at > now() - make_interval(secs => $3)",
        [ACKNOWLEDGEMENT_CHANNEL, state.gatewayId, RECENT_SECONDS],
      ),
    );
    await firstHeartbeat.promise;
  } catch (error) {
    finish(error instanceof Error ? error.message : String(error));
    throw error;
  }
  let beating = false;
  timer = setInterval(() => {
    if (beating) return;
    beating = true;
    inTurn(() => beat(client, state.gatewayId))
      .catch((error: Error) => finish(error.message))
      .finally(() => {
        beating = false;
      });
  }, HEARTBEAT_MS).unref();
  return { ended: ended.promise };
}

/** Runs statements of one connection one after the other, in the order they came, as pg wants them. */
function makeTurns(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let before: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = before.then(work);
    before = turn.catch(() => undefined);
    return turn;
  };
}

/** One statement: proves that this gateway lives, and sends the monotonic time to itself. */
async function beat(client: pg.Client, gatewayId: string): Promise<void> {
  await client.query(
    `WITH seen AS (
       INSERT INTO gateway_instances (id, name, started_at, last_seen_at) VALUES ($1, $2, clock_timestamp(), clock_timestamp())
       ON CONFLICT (id) DO UPDATE SET last_seen_at = clock_timestamp() RETURNING id)
     SELECT pg_notify($3, $4) FROM seen`,
    [gatewayId, `${hostname()}:${process.pid}`, heartbeatChannel(gatewayId), String(performance.now())],
  );
}
