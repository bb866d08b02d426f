import type { Actor } from "#lib/audit/actor.ts";
import { db } from "#lib/db.ts";
import { DomainError } from "#lib/errors.ts";
import { getKey } from "#lib/keys/get-key.ts";
import type { ClientEntry } from "./client-entry.ts";
import { findClient } from "./clients.ts";
import type { FirstRequestInput } from "./schemas.ts";

/** The first that was seen of a client after it was set up. */
export type FirstRequest = {
  /** What it calls itself: the app's name, or product/version of its user agent. Text of a stranger. */
  client: string;
  at: Date;
  /** Of the key or grant it used; space-separated. */
  scope: string;
};

const SEEN_MAX = 50;

/**
 * Looks whether a client that is being connected has made a request. Preferred is one that names itself as the client does; any other
 * counts when it was not there before, since some send no name of their own. Undefined until then.
 * @throws DomainError 'invalid_input' for a client that is not in the list, `key_not_found` for a key that is not the actor's.
 */
export async function findFirstRequest(actor: Actor, input: FirstRequestInput): Promise<FirstRequest | undefined> {
  const entry = await checkedEntry(actor, input);
  const seen = input.method === "oauth" ? await grantsSeen(actor, input.since) : await keysSeen(actor, input);
  const named = seen.find(({ names }) => entry.seenAs.some((word) => names.includes(word)));
  const found = named ?? seen.find(({ isNew }) => isNew);
  return found === undefined ? undefined : { client: found.client, at: found.at, scope: found.scope };
}

/** The last that was seen of a client before it was waited for. */
export type EarlierRequest = Pick<FirstRequest, "client" | "at">;

/**
 * Looks whether the client was here before it was waited for, so that nobody waits for one that is connected already. It must name
 * itself as the client does, with a key or grant that was not ended. Undefined while waiting for one key: of that, the first counts.
 * @throws DomainError as {@link findFirstRequest}
 */
export async function findEarlierRequest(actor: Actor, input: FirstRequestInput): Promise<EarlierRequest | undefined> {
  const { seenAs } = await checkedEntry(actor, input);
  if (input.keyId !== undefined) return undefined;
  const { userId } = actor;
  const words = seenAs.map((word) => ({ contains: word, mode: "insensitive" }) as const);
  if (input.method === "key") {
    const sighting = await db().keySighting.findFirst({
      where: {
        key: { userId, revokedAt: null },
        lastSeenAt: { lt: input.since },
        OR: words.map((client) => ({ client })),
      },
      orderBy: { lastSeenAt: "desc" },
      select: { client: true, lastSeenAt: true },
    });
    return sighting === null ? undefined : { client: sighting.client, at: sighting.lastSeenAt };
  }
  const grant = await db().oAuthGrant.findFirst({
    where: {
      userId,
      revokedAt: null,
      lastUsedAt: { lt: input.since },
      OR: words.flatMap((name) => [{ clientName: name }, { clientHost: name }, { lastUsedClient: name }]),
    },
    orderBy: { lastUsedAt: "desc" },
    select: { clientName: true, lastUsedAt: true },
  });
  if (grant === null || grant.lastUsedAt === null) return undefined;
  return { client: grant.clientName, at: grant.lastUsedAt };
}

/** The client that is waited for; a key that is waited for must be the actor's. */
async function checkedEntry(actor: Actor, { client, keyId }: FirstRequestInput): Promise<ClientEntry> {
  const entry = findClient(client);
  if (entry === undefined) throw new DomainError("invalid_input", { message: "No such client. Reload the page." });
  if (keyId !== undefined) await getKey(actor, keyId);
  return entry;
}

type Seen = FirstRequest & { names: string; isNew: boolean };

/** Grants with a request since then, newest first. Consent alone is none: the app may never come for its token. */
async function grantsSeen({ userId }: Actor, since: Date): Promise<Seen[]> {
  const grants = await db().oAuthGrant.findMany({
    where: { userId, revokedAt: null, lastUsedAt: { gte: since } },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: SEEN_MAX,
    select: {
      clientName: true,
      clientHost: true,
      scope: true,
      createdAt: true,
      firstUsedAt: true,
      lastUsedAt: true,
      lastUsedClient: true,
    },
  });
  return grants.map((grant) => ({
    client: grant.clientName,
    at: (grant.firstUsedAt !== null && grant.firstUsedAt >= since ? grant.firstUsedAt : grant.lastUsedAt) ?? since,
    scope: grant.scope,
    names: `${grant.clientName} ${grant.clientHost ?? ""} ${grant.lastUsedClient ?? ""}`.toLowerCase(),
    isNew: grant.createdAt >= since,
  }));
}

/** Clients with a key and a request since then, newest first; of one key, whenever its first was. */
async function keysSeen({ userId }: Actor, { since, keyId }: FirstRequestInput): Promise<Seen[]> {
  const sightings = await db().keySighting.findMany({
    where: { key: { userId }, ...(keyId === undefined ? { lastSeenAt: { gte: since } } : { keyId }) },
    orderBy: [{ firstSeenAt: "desc" }, { client: "asc" }],
    take: SEEN_MAX,
    select: { client: true, firstSeenAt: true, lastSeenAt: true, key: { select: { scope: true } } },
  });
  return sightings.map(({ client, firstSeenAt, lastSeenAt, key }) => ({
    client,
    at: keyId !== undefined || firstSeenAt >= since ? firstSeenAt : lastSeenAt,
    scope: key.scope,
    names: client.toLowerCase(),
    isNew: keyId !== undefined || firstSeenAt >= since,
  }));
}
