import { randomBytes } from "node:crypto";
import pg from "pg";
import { type Check, fail, ok } from "./check.ts";

const NAME = "notifications";
const WAIT_MS = 3_000;
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Says something on one connection and hears it on another, as gateways do: `direct` listens, `pooled` speaks.
 * Behind a transaction pooler LISTEN succeeds and nothing is ever heard, which no other check would show.
 */
export async function checkNotifications(pooled: pg.ClientConfig, direct: pg.ClientConfig): Promise<Check[]> {
  const listener = new pg.Client({ ...direct, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  const speaker = new pg.Client({ ...pooled, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  const channel = `pensyve_doctor_${randomBytes(8).toString("hex")}`;
  try {
    await Promise.all([listener.connect(), speaker.connect()]);
    const heard = Promise.withResolvers<boolean>();
    listener.on("notification", (message) => {
      if (message.channel === channel) heard.resolve(true);
    });
    await listener.query(`LISTEN ${channel}`);
    const before = performance.now();
    const timer = setTimeout(() => heard.resolve(false), WAIT_MS);
    await speaker.query("SELECT pg_notify($1, '')", [channel]);
    const isHeard = await heard.promise;
    clearTimeout(timer);
    if (isHeard) return [ok(NAME, `LISTEN hears NOTIFY after ${(performance.now() - before).toFixed(1)} ms.`)];
    return [
      fail(
        NAME,
        "LISTEN hears nothing: a transaction pooler stands in between. Set DATABASE_DIRECT_URL to an address past it.",
      ),
    ];
  } finally {
    await Promise.all([listener.end(), speaker.end()]);
  }
}
