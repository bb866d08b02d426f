import { describe, expect, it, vi } from "vitest";
import type { AccessTokenPrincipal, ApiKeyPrincipal, Principal } from "#lib/auth/principal.ts";
import { db } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { insertKey, send, testGateway } from "#test/gateway.ts";
import { clientName } from "./client-name.ts";
import { makeUsage, type Usage } from "./usage.ts";
import { writeUsage } from "./write-usage.ts";

testDatabase();
const gateway = testGateway();

async function newKey(): Promise<{ key: string; principal: ApiKeyPrincipal }> {
  const user = await insertUser();
  const { id, key } = await insertKey(user.id);
  const facts = { scope: "mcp", prefix: null, name: "test", expiresAt: null, graceEndsAt: null };
  return { key, principal: { kind: "api_key", userId: user.id, keyId: id, ...facts } };
}

async function newGrant(): Promise<AccessTokenPrincipal> {
  const { id: userId } = await insertUser();
  const facts = { clientName: "test", trust: "unverified", scope: "mcp", payload: {} };
  const { id } = await db().oAuthGrant.create({
    data: { id: newId(), userId, clientId: "psc_test", expiresAt: new Date(Date.now() + 60_000), ...facts },
  });
  return { kind: "access_token", userId, scope: "mcp", clientId: "psc_test", grantId: id };
}
const grantOf = ({ grantId }: AccessTokenPrincipal) =>
  db().oAuthGrant.findUniqueOrThrow({
    where: { id: grantId },
    select: { firstUsedAt: true, lastUsedAt: true, lastUsedAddress: true, lastUsedClient: true },
  });

const use = (
  usage: Usage,
  principal: Principal,
  values: { operation?: string; isRefused?: boolean; userAgent?: string; nowMs?: number } = {},
) =>
  usage.record({
    principal,
    operation: "recall",
    isRefused: false,
    userAgent: "a/1",
    address: "192.0.2.1",
    nowMs: Date.now(),
    ...values,
  });
const buckets = (principal: ApiKeyPrincipal) =>
  db().usageBucket.findMany({
    where: { credentialId: principal.keyId },
    orderBy: [{ hour: "asc" }, { operation: "asc" }],
    select: { operation: true, requests: true, refused: true, hour: true },
  });
const sightings = (principal: ApiKeyPrincipal) => db().keySighting.findMany({ where: { keyId: principal.keyId } });

describe("usage", () => {
  it("of a first request is written at once: last use, client, address and count", async () => {
    const { key, principal } = await newKey();
    const headers = { "user-agent": "claude-code/2.1.330 (linux)" };
    await send(gateway.url(), "GET", "/v1/me", { key, headers });
    await vi.waitFor(async () => {
      const row = await db().apiKey.findUnique({ where: { id: principal.keyId } });
      expect(row).toMatchObject({
        lastUsedAt: expect.any(Date),
        lastUsedClient: "claude-code/2.1.330",
        lastUsedAddress: "127.0.0.1",
      });
    });
    expect(await sightings(principal)).toMatchObject([
      { client: "claude-code/2.1.330", address: "127.0.0.1", requests: 1n },
    ]);
    expect(await buckets(principal)).toMatchObject([{ operation: "me", requests: 1n, refused: 0n }]);
  });

  it("counts answered and refused requests per operation, and hours apart", async () => {
    const { principal } = await newKey();
    const usage = makeUsage();
    const hour = Math.floor(Date.now() / 3_600_000) * 3_600_000;
    use(usage, principal, { nowMs: hour - 1 });
    use(usage, principal, { nowMs: hour });
    use(usage, principal, { nowMs: hour + 1, isRefused: true });
    use(usage, principal, { nowMs: hour + 2, operation: "remember" });
    await usage.stop();
    expect(await buckets(principal)).toEqual([
      { operation: "recall", requests: 1n, refused: 0n, hour: new Date(hour - 3_600_000) },
      { operation: "recall", requests: 1n, refused: 1n, hour: new Date(hour) },
      { operation: "remember", requests: 1n, refused: 0n, hour: new Date(hour) },
    ]);
  });

  it("KEY-07: moves a key's last use at most once a minute, but at once for a new client", async () => {
    const { principal } = await newKey();
    let keyWrites = 0;
    const usage = makeUsage(async (batch) => {
      keyWrites += batch.uses.length;
      await writeUsage(batch);
    });
    for (let round = 0; round < 5; round += 1) {
      use(usage, principal);
      await usage.flush();
    }
    expect(keyWrites).toBe(1);
    use(usage, principal, { userAgent: "b/2" });
    await usage.flush();
    expect(keyWrites).toBe(2);
    await usage.stop();
    const seen = await sightings(principal);
    expect(seen.map(({ client, requests }) => [client, requests]).toSorted()).toEqual([
      ["a/1", 5n],
      ["b/2", 1n],
    ]);
  });

  it("keeps at most 50 sightings of a key, the newest", async () => {
    const { principal } = await newKey();
    const usage = makeUsage();
    for (let client = 0; client < 120; client += 1) {
      use(usage, principal, { userAgent: `client/${client}`, nowMs: Date.now() + client });
      if (client % 30 === 0) await usage.flush();
    }
    await usage.stop();
    const seen = await sightings(principal);
    expect(seen).toHaveLength(50);
    expect(seen.map(({ client }) => client)).toContain("client/119");
  });

  it("is kept and written later when the database does not answer", async () => {
    const { principal } = await newKey();
    let isAway = true;
    const usage = makeUsage((batch) =>
      isAway ? Promise.reject(Object.assign(new Error("away"), { code: "ECONNREFUSED" })) : writeUsage(batch),
    );
    use(usage, principal);
    await usage.flush();
    use(usage, principal);
    isAway = false;
    await usage.stop();
    expect(await buckets(principal)).toMatchObject([{ requests: 2n }]);
  });

  it("of a key that is gone meanwhile does not keep the others from being written", async () => {
    const gone = await newKey();
    const kept = await newKey();
    const usage = makeUsage();
    use(usage, gone.principal);
    use(usage, kept.principal);
    await db().user.delete({ where: { id: gone.principal.userId } });
    await usage.stop();
    expect(await sightings(kept.principal)).toHaveLength(1);
  });
});

describe("usage of an app", () => {
  it("notes the first use of its grant once, and moves the last use at once the first time, then at most once a minute, but at once for a new client", async () => {
    const principal = await newGrant();
    const unused = { firstUsedAt: null, lastUsedAt: null, lastUsedAddress: null, lastUsedClient: null };
    expect(await grantOf(principal)).toEqual(unused);
    let writes = 0;
    const usage = makeUsage(async (batch) => {
      writes += batch.uses.length;
      await writeUsage(batch);
    });
    const firstMs = Date.now();
    use(usage, principal, { nowMs: firstMs, userAgent: "mcp-remote/0.1.38 (node)" });
    // Not flushed by hand: the first use is written by itself, and soon.
    const first = new Date(firstMs);
    await expect
      .poll(() => grantOf(principal))
      .toEqual({
        firstUsedAt: first,
        lastUsedAt: first,
        lastUsedAddress: "192.0.2.1",
        lastUsedClient: "mcp-remote/0.1.38",
      });
    for (let round = 1; round < 5; round += 1) {
      use(usage, principal, { nowMs: firstMs + round, userAgent: "mcp-remote/0.1.38 (node)" });
      await usage.flush();
    }
    expect(writes).toBe(1);
    use(usage, principal, { nowMs: firstMs + 9, userAgent: "b/2" });
    await usage.flush();
    expect(writes).toBe(2);
    const moved = { firstUsedAt: first, lastUsedAt: new Date(firstMs + 9), lastUsedClient: "b/2" };
    expect(await grantOf(principal)).toMatchObject(moved);
    await usage.stop();
    const counted = await db().usageBucket.aggregate({
      where: { userId: principal.userId, credentialId: principal.grantId },
      _sum: { requests: true },
    });
    expect(counted._sum.requests).toBe(6n);
    expect(await db().keySighting.count({ where: { keyId: principal.grantId } })).toBe(0);
  });

  it("never moves a last use back, and what waits at the end is written", async () => {
    const principal = await newGrant();
    const now = Date.now();
    const [late, early] = [makeUsage(), makeUsage()];
    use(late, principal, { nowMs: now, userAgent: "late/1" });
    await late.stop();
    use(early, principal, { nowMs: now - 5_000, userAgent: "early/1" });
    await early.stop();
    expect(await grantOf(principal)).toMatchObject({ lastUsedAt: new Date(now), lastUsedClient: "late/1" });
  });

  it("that could not be written at first is still from when it was, and one noted before first uses were is no younger than its last", async () => {
    const [kept, old] = [await newGrant(), await newGrant()];
    const now = Date.now();
    let isDown = true;
    const usage = makeUsage(async (batch) => {
      if (isDown) throw new Error("down");
      await writeUsage(batch);
    });
    use(usage, kept, { nowMs: now - 9_000 });
    await usage.flush();
    isDown = false;
    use(usage, kept, { nowMs: now });
    const lastUsedAt = new Date(now - 60_000);
    await db().oAuthGrant.update({ where: { id: old.grantId }, data: { lastUsedAt } });
    use(usage, old, { nowMs: now });
    await usage.stop();
    expect(await grantOf(kept)).toMatchObject({ firstUsedAt: new Date(now - 9_000), lastUsedAt: new Date(now) });
    expect(await grantOf(old)).toMatchObject({ firstUsedAt: lastUsedAt, lastUsedAt: new Date(now) });
  });

  it("is written beside that of keys, by several gateways at once", async () => {
    const grants = await Promise.all([newGrant(), newGrant(), newGrant()]);
    const { principal: key } = await newKey();
    const gateways = [makeUsage(), makeUsage(), makeUsage()];
    for (const [index, usage] of gateways.entries()) {
      for (const principal of index % 2 === 0 ? grants : grants.toReversed()) use(usage, principal);
      use(usage, key);
    }
    await Promise.all(gateways.map((usage) => usage.stop()));
    for (const principal of grants) expect((await grantOf(principal)).lastUsedAt).not.toBeNull();
    expect(await sightings(key)).toMatchObject([{ requests: 3n }]);
  });

  it("of a grant that is gone meanwhile does not keep the others from being written", async () => {
    const [gone, kept] = [await newGrant(), await newGrant()];
    const usage = makeUsage();
    use(usage, gone);
    use(usage, kept);
    await db().user.delete({ where: { id: gone.userId } });
    await usage.stop();
    expect((await grantOf(kept)).lastUsedAt).not.toBeNull();
  });
});

describe("a client's name", () => {
  it.each([
    ["claude-code/2.1.330 (linux; x64)", "claude-code/2.1.330"],
    ["node", "node"],
    ["Go-http-client/1.1", "Go-http-client/1.1"],
    ["python-httpx/0.28.1", "python-httpx/0.28.1"],
    [
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
      "Chrome/140.0.0.0",
    ],
    ["Mozilla/5.0 (Macintosh) AppleWebKit/605 (KHTML, like Gecko) Version/18.1 Safari/605", "Safari/18.1"],
    ["Mozilla/5.0 (X11; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox/140.0"],
    [undefined, "unknown"],
    ["", "unknown"],
    ["x".repeat(500), "x".repeat(200)],
  ])("%s is shown as %s", (userAgent, name) => {
    expect(clientName(userAgent)).toBe(name);
  });
});
