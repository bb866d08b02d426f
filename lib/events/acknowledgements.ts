import pg from "pg";
import { directDatabaseConfig } from "#lib/db.ts";
import { ACKNOWLEDGEMENT_CHANNEL } from "#lib/events.ts";
import { log } from "#lib/log.ts";
import { singleton } from "#lib/singleton.ts";

/** Acknowledgements of the events that this process waits for: gateway id -> when it arrived (performance.now()). */
type Inbox = {
  expect(eventId: string): void;
  forget(eventId: string): void;
  received(eventId: string): ReadonlyMap<string, number>;
  /** Resolves when anything arrives, at the latest after `milliseconds`. */
  next(milliseconds: number): Promise<void>;
  close(): Promise<void>;
};

const NOTHING: ReadonlyMap<string, number> = new Map();
const holder = singleton<{ inbox: Promise<Inbox> | undefined }>("acknowledgements", () => ({ inbox: undefined }));

/** The process's one connection that hears acknowledgements; opened with the first act, again after it broke. */
export async function acknowledgements(): Promise<Inbox> {
  holder.inbox ??= open();
  try {
    return await holder.inbox;
  } catch (error) {
    holder.inbox = undefined;
    throw error;
  }
}

/** Closes that connection, if there is one. */
export async function closeAcknowledgements(): Promise<void> {
  const { inbox } = holder;
  holder.inbox = undefined;
  await (await inbox?.catch(() => undefined))?.close();
}

async function open(): Promise<Inbox> {
  const client = new pg.Client({
    ...directDatabaseConfig(),
    application_name: "pensyve-auth acknowledgements",
    keepAlive: true,
  });
  const expected = new Map<string, Map<string, number>>();
  const waiting = new Set<() => void>();
  client.on("error", (error) => {
    holder.inbox = undefined;
    log.warn("The connection for acknowledgements broke; the next act opens another", { error: error.message });
  });
  client.on("notification", ({ payload }) => {
    const [eventId = "", gatewayId = ""] = (payload ?? "").split(" ");
    const received = expected.get(eventId);
    if (!received || received.has(gatewayId)) return;
    received.set(gatewayId, performance.now());
    for (const wake of waiting) wake();
  });
  await client.connect();
  await client.query(`LISTEN ${ACKNOWLEDGEMENT_CHANNEL}`);
  return {
    expect: (eventId) => expected.set(eventId, new Map()),
    forget: (eventId) => expected.delete(eventId),
    received: (eventId) => expected.get(eventId) ?? NOTHING,
    next: (milliseconds) =>
      new Promise((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          waiting.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, milliseconds);
        waiting.add(wake);
      }),
    close: () => client.end(),
  };
}
