import pg from "pg";
import { type CredentialEvent, decodeEvent, EVENT_CHANNEL } from "#lib/events.ts";
import { log } from "#lib/log.ts";

const ANSWER_MS = 5_000;
const RECONNECT_LEAST_MS = 100;
const RECONNECT_MOST_MS = 2_000;

export type Hearing = {
  /** Renames the connection, in PostgreSQL's list of connections. Shows too that it lives: one that does not answer is replaced. */
  rename(name: string): Promise<void>;
  stop(): Promise<void>;
};

type Handlers = {
  /** Called for each event, in commit order. */
  onEvent(event: CredentialEvent): void;
  /** Events may have been missed: it was not connected, and is again. */
  onMissed(): void;
};

/**
 * Hears every event on a connection of its own (never through a transaction pooler), without being a gateway: nobody waits for an
 * acknowledgement. Resolves when connected; afterwards it reconnects for ever.
 * @throws what the first connection throws.
 */
export async function hearEvents(config: pg.ClientConfig, name: string, handlers: Handlers): Promise<Hearing> {
  let current: pg.Client | undefined;
  let currentName = name;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const connect = async (): Promise<void> => {
    const client = new pg.Client({
      ...config,
      application_name: currentName,
      keepAlive: true,
      connectionTimeoutMillis: ANSWER_MS,
      query_timeout: ANSWER_MS,
    });
    const onLost = (reason: string): void => lose(client, reason);
    client.on("error", (error) => onLost(error.message));
    client.on("end", () => onLost("The connection ended"));
    client.on("notification", ({ payload = "" }) => {
      const event = decodeEvent(payload);
      // What only a newer release knows may concern this process too.
      if (event) handlers.onEvent(event);
      else handlers.onMissed();
    });
    try {
      await client.connect();
      await client.query(`LISTEN ${EVENT_CHANNEL}`);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    if (stopped) return await client.end();
    current = client;
  };
  const lose = (client: pg.Client, reason: string): void => {
    if (client !== current) return;
    current = undefined;
    void client.end().catch(() => undefined);
    if (stopped) return;
    log.warn("Changes are no longer heard; connecting again", { reason });
    reconnect(RECONNECT_LEAST_MS);
  };
  const reconnect = (wait: number): void => {
    timer = setTimeout(() => {
      connect().then(
        () => {
          log.info("Changes are heard again");
          handlers.onMissed();
        },
        () => {
          if (!stopped) reconnect(Math.min(wait * 2, RECONNECT_MOST_MS));
        },
      );
    }, wait).unref();
  };

  await connect();
  return {
    async rename(newName) {
      currentName = newName;
      const client = current;
      if (!client) return;
      await client
        .query("SELECT set_config('application_name', $1, false)", [newName])
        .catch((error: Error) => lose(client, error.message));
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      const client = current;
      current = undefined;
      await client?.end().catch(() => undefined);
    },
  };
}
