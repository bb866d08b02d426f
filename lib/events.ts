import type { Tx } from "./db.ts";

/**
 * What gateways are told: a change that affects a credential.
 * - `key.changed`: an API key was revoked, rotated, renamed, or its grace moved; `subjectId` is the key id.
 * - `user.changed`: a user was disabled or enabled; `subjectId` is the user id.
 * - `grant.revoked`: an app was withdrawn, or its grant ended otherwise; `subjectId` is the grant id.
 * - `signing_key.changed`: the keys that sign access tokens changed; `subjectId` is the key's `kid`.
 * - `imported_keys.changed`: keys without our checksum exist from now on; `subjectId` is the key id.
 */
const EVENT_TYPES = [
  "key.changed",
  "user.changed",
  "imported_keys.changed",
  "grant.revoked",
  "signing_key.changed",
] as const;
export type CredentialEventType = (typeof EVENT_TYPES)[number];
/** `userId` is null where no user is concerned. */
export type CredentialEvent = { id: string; type: CredentialEventType; userId: string | null; subjectId: string };

/** Channels of NOTIFY: events to gateways, their acknowledgements back, and each gateway's heartbeat to itself. */
export const EVENT_CHANNEL = "pensyve_events";
export const ACKNOWLEDGEMENT_CHANNEL = "pensyve_acks";
export const heartbeatChannel = (gatewayId: string): string => `pensyve_beat_${gatewayId.replaceAll("-", "")}`;

/** Which events a transaction published, for {@link file://./events/act.ts}; keyed weakly, so nothing outlives the transaction. */
const published = new WeakMap<Tx, string[]>();

/**
 * Records the event and notifies its id, both in the caller's transaction: nothing is delivered on rollback, everything on
 * commit, in commit order. Listeners hear ids only and read the rest themselves, so the 8,000-byte limit of NOTIFY never matters.
 */
export async function publish(tx: Tx, event: Omit<CredentialEvent, "id">): Promise<void> {
  const { id } = await tx.credentialEvent.create({
    data: { type: event.type, userId: event.userId, subjectId: event.subjectId },
    select: { id: true },
  });
  const payload = encodeEvent({ ...event, id: id.toString() });
  await tx.$executeRaw`SELECT pg_notify(${EVENT_CHANNEL}, ${payload})`;
  published.set(tx, [...(published.get(tx) ?? []), id.toString()]);
}

/** The ids of the events that `tx` has published so far. */
export function publishedIn(tx: Tx): readonly string[] {
  return published.get(tx) ?? [];
}

/** The wire form of an event: `id type userId subjectId`. */
export function encodeEvent(event: CredentialEvent): string {
  return `${event.id} ${event.type} ${event.userId ?? "-"} ${event.subjectId}`;
}

/** Reads {@link encodeEvent}'s form; undefined for anything else, which a newer release may send. */
export function decodeEvent(payload: string): CredentialEvent | undefined {
  const [id, type, userId, subjectId, ...rest] = payload.split(" ");
  if (!id || !userId || !subjectId || rest.length > 0 || !isEventType(type)) return undefined;
  return { id, type, userId: userId === "-" ? null : userId, subjectId };
}

function isEventType(type: string | undefined): type is CredentialEventType {
  return EVENT_TYPES.some((known) => known === type);
}
