import { describe, expect, it, vi } from "vitest";
import type { ApiKeyPrincipal } from "#lib/auth/principal.ts";
import { db } from "#lib/db.ts";
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

const use = (
  usage: Usage,
  principal: ApiKeyPrincipal,
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
      keyWrites += batch.keys.length;
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
