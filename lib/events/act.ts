import { db, inTransaction, type Tx } from "#lib/db.ts";
import { publishedIn } from "#lib/events.ts";
import { acknowledgements } from "./acknowledgements.ts";
import { ACKNOWLEDGEMENT_WAIT_MS, GATEWAY_GONE_MS, type Receipt } from "./receipt.ts";

/**
 * Runs `work` in one transaction and then, holding no connection, waits until every registered gateway has acknowledged the
 * events that it published, or {@link ACKNOWLEDGEMENT_WAIT_MS} have passed. When this answers, no gateway accepts what the act
 * ended: those that acknowledged have dropped it, those that did not have stopped trusting their caches.
 * @throws what `work` throws; then nothing happened.
 */
export async function act<Result>(work: (tx: Tx) => Promise<Result>): Promise<{ result: Result; receipt: Receipt }> {
  // Listening starts before the commit: an acknowledgement can arrive before the commit's own answer does.
  const inbox = await acknowledgements();
  let eventIds: readonly string[] = [];
  const result = await inTransaction(async (tx) => {
    const value = await work(tx);
    eventIds = publishedIn(tx);
    for (const id of eventIds) inbox.expect(id);
    return value;
  });
  const committedAt = performance.now();
  try {
    const receipt = await awaitGateways(inbox, eventIds, committedAt);
    return { result, receipt };
  } finally {
    for (const id of eventIds) inbox.forget(id);
  }
}

type Inbox = Awaited<ReturnType<typeof acknowledgements>>;

async function awaitGateways(inbox: Inbox, eventIds: readonly string[], committedAt: number): Promise<Receipt> {
  const at = new Date();
  // Read after the commit: a gateway that registers later starts with an empty cache and reads the new state.
  const gateways = await registeredGateways();
  const deadline = committedAt + ACKNOWLEDGEMENT_WAIT_MS;
  for (;;) {
    const missing = gateways.filter((gateway) => eventIds.some((id) => !inbox.received(id).has(gateway.id)));
    const left = deadline - performance.now();
    if (missing.length === 0 || left <= 0) return makeReceipt(at, committedAt, gateways, missing, inbox, eventIds);
    await inbox.next(left);
  }
}

type Gateway = { id: string; name: string; lastSeenAt: Date };

async function registeredGateways(): Promise<Gateway[]> {
  // The database's clock, since it also stamped last_seen_at.
  return await db().$queryRaw<Gateway[]>`
    SELECT id::text, name, last_seen_at AS "lastSeenAt" FROM gateway_instances
    WHERE last_seen_at > clock_timestamp() - make_interval(secs => ${GATEWAY_GONE_MS / 1000})`;
}

function makeReceipt(
  at: Date,
  committedAt: number,
  gateways: Gateway[],
  missing: Gateway[],
  inbox: Inbox,
  eventIds: readonly string[],
): Receipt {
  const answered = gateways
    .filter((gateway) => !missing.includes(gateway))
    .map((gateway) => ({
      gateway: gateway.name,
      // An acknowledgement may overtake the answer to the commit.
      milliseconds: Math.max(
        0,
        ...eventIds.map((id) => (inbox.received(id).get(gateway.id) ?? committedAt) - committedAt),
      ),
    }))
    .sort((a, b) => b.milliseconds - a.milliseconds);
  const [slowest] = answered;
  return {
    acknowledged: answered.length,
    of: gateways.length,
    milliseconds: missing.length > 0 ? performance.now() - committedAt : (slowest?.milliseconds ?? 0),
    at,
    ...(slowest ? { slowest } : {}),
    silent: missing.map((gateway) => ({ gateway: gateway.name, since: gateway.lastSeenAt })),
  };
}
