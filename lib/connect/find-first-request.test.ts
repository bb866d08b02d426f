import { beforeEach, describe, expect, it } from "vitest";
import { type Actor, commandLineActor } from "#lib/audit/actor.ts";
import { db } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { insertKey } from "#test/gateway.ts";
import { findEarlierRequest, findFirstRequest } from "./find-first-request.ts";

testDatabase();
const SINCE = new Date("2026-11-24T12:00:00Z");
const BEFORE = new Date("2026-11-24T11:00:00Z");
const AFTER = new Date("2026-11-24T12:00:30Z");
const LATER = new Date("2026-11-24T12:01:00Z");
let actor: Actor;

beforeEach(async () => {
  actor = commandLineActor((await insertUser()).id);
});

const withKey = (keyId?: string) => findFirstRequest(actor, { client: "cursor", method: "key", since: SINCE, keyId });
const withOAuth = () => findFirstRequest(actor, { client: "cursor", method: "oauth", since: SINCE });

async function sighting(keyId: string, client: string, firstSeenAt: Date, lastSeenAt = firstSeenAt): Promise<void> {
  await db().keySighting.create({ data: { keyId, client, address: "127.0.0.1", firstSeenAt, lastSeenAt } });
}

async function grant(
  clientName: string,
  values: { createdAt?: Date; firstUsedAt?: Date; lastUsedAt?: Date; revokedAt?: Date },
) {
  const app = { clientId: "app", clientName, trust: "unverified", scope: "mcp:read", payload: {} };
  const expiresAt = new Date("2030-01-01T00:00:00Z");
  await db().oAuthGrant.create({
    data: { id: newId(), userId: actor.userId, ...app, redeemedAt: AFTER, expiresAt, createdAt: AFTER, ...values },
  });
}

describe("with a key", () => {
  it("sees nobody before a request", async () => {
    const { id } = await insertKey(actor.userId);
    expect(await withKey()).toBeUndefined();
    expect(await withKey(id)).toBeUndefined();
  });

  it("does not take a client that was there before for the one that is being connected", async () => {
    const { id } = await insertKey(actor.userId);
    await sighting(id, "claude-code/2.1", BEFORE, AFTER);
    expect(await withKey()).toBeUndefined();
  });

  it("sees the client by its name, also with a key that it used before", async () => {
    const { id } = await insertKey(actor.userId, "mcp:read");
    await sighting(id, "python-httpx/0.28", AFTER);
    await sighting(id, "Cursor/3.1", BEFORE, LATER);
    expect(await withKey()).toEqual({ client: "Cursor/3.1", at: LATER, scope: "mcp:read" });
  });

  it("sees a new client that sends another name", async () => {
    const { id } = await insertKey(actor.userId);
    await sighting(id, "node", AFTER);
    expect(await withKey()).toEqual({ client: "node", at: AFTER, scope: "mcp" });
  });

  it("of a key that was just made counts every request, and those with other keys do not", async () => {
    const [made, other] = [await insertKey(actor.userId), await insertKey(actor.userId)];
    await sighting(other.id, "Cursor/3.1", AFTER);
    expect(await withKey(made.id)).toBeUndefined();
    await sighting(made.id, "curl/8.5", BEFORE);
    expect(await withKey(made.id)).toEqual({ client: "curl/8.5", at: BEFORE, scope: "mcp" });
  });

  it("never sees what another user's key did", async () => {
    const stranger = await insertUser();
    const { id } = await insertKey(stranger.id);
    await sighting(id, "Cursor/3.1", AFTER);
    expect(await withKey()).toBeUndefined();
    await expect(withKey(id)).rejects.toMatchObject({ code: "key_not_found" });
  });
});

describe("with OAuth", () => {
  it("waits for a request: consent alone connects nothing", async () => {
    await grant("Cursor", {});
    expect(await withOAuth()).toBeUndefined();
  });

  it("sees a new app at its first request, and one of the client's name rather than another", async () => {
    await grant("Notes", { firstUsedAt: AFTER, lastUsedAt: AFTER });
    expect(await withOAuth()).toEqual({ client: "Notes", at: AFTER, scope: "mcp:read" });
    await grant("Cursor", { createdAt: BEFORE, firstUsedAt: BEFORE, lastUsedAt: LATER });
    expect(await withOAuth()).toEqual({ client: "Cursor", at: LATER, scope: "mcp:read" });
  });

  it("does not take an app that was connected before, or was withdrawn, for the new one", async () => {
    await grant("Notes", { createdAt: BEFORE, firstUsedAt: BEFORE, lastUsedAt: AFTER });
    await grant("Cursor", { firstUsedAt: AFTER, lastUsedAt: AFTER, revokedAt: LATER });
    expect(await withOAuth()).toBeUndefined();
  });
});

describe("a client that was here before", () => {
  const earlier = (method: "key" | "oauth", keyId?: string) =>
    findEarlierRequest(actor, { client: "cursor", method, since: SINCE, keyId });
  const EARLIEST = new Date("2026-11-23T12:00:00Z");

  it("with a key is found by its name, whatever the case, with its last request", async () => {
    const { id } = await insertKey(actor.userId);
    await sighting(id, "cursor/3.0", EARLIEST);
    await sighting(id, "Cursor/3.1", EARLIEST, BEFORE);
    await sighting(id, "claude-code/2.1", EARLIEST, BEFORE);
    expect(await earlier("key")).toEqual({ client: "Cursor/3.1", at: BEFORE });
    expect(await earlier("oauth")).toBeUndefined();
  });

  it("with OAuth is found by its name or what its requests say, with its last request", async () => {
    await grant("Editor", { createdAt: EARLIEST, firstUsedAt: EARLIEST, lastUsedAt: EARLIEST });
    expect(await earlier("oauth")).toBeUndefined();
    await db().oAuthGrant.updateMany({ where: { userId: actor.userId }, data: { lastUsedClient: "Cursor/3.0" } });
    expect(await earlier("oauth")).toEqual({ client: "Editor", at: EARLIEST });
    await grant("Cursor", { createdAt: EARLIEST, firstUsedAt: EARLIEST, lastUsedAt: BEFORE });
    expect(await earlier("oauth")).toEqual({ client: "Cursor", at: BEFORE });
    expect(await earlier("key")).toBeUndefined();
  });

  it("is none if it came only since, never made a request, or lost its key or grant", async () => {
    const { id } = await insertKey(actor.userId);
    await sighting(id, "Cursor/3.1", AFTER);
    await grant("Cursor", { firstUsedAt: AFTER, lastUsedAt: AFTER });
    await grant("Cursor", { createdAt: BEFORE });
    await grant("Cursor", { createdAt: EARLIEST, firstUsedAt: EARLIEST, lastUsedAt: BEFORE, revokedAt: BEFORE });
    const revoked = await insertKey(actor.userId);
    await sighting(revoked.id, "Cursor/3.1", BEFORE);
    await db().apiKey.updateMany({ where: { id: revoked.id, userId: actor.userId }, data: { revokedAt: BEFORE } });
    expect(await earlier("key")).toBeUndefined();
    expect(await earlier("oauth")).toBeUndefined();
  });

  it("does not count while one key is waited for, and never is another user's", async () => {
    const stranger = await insertUser();
    const theirs = await insertKey(stranger.id);
    await sighting(theirs.id, "Cursor/3.1", BEFORE);
    await grant("Cursor", { createdAt: BEFORE, firstUsedAt: BEFORE, lastUsedAt: BEFORE });
    await db().oAuthGrant.updateMany({ where: { userId: actor.userId }, data: { userId: stranger.id } });
    expect(await earlier("key")).toBeUndefined();
    expect(await earlier("oauth")).toBeUndefined();
    await expect(earlier("key", theirs.id)).rejects.toMatchObject({ code: "key_not_found" });
    const mine = await insertKey(actor.userId);
    await sighting(mine.id, "Cursor/3.1", BEFORE);
    expect(await earlier("key", mine.id)).toBeUndefined();
  });
});
