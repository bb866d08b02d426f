import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import type { ApiKeyPrincipal } from "#lib/auth/principal.ts";
import { db } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { gatewayEnv, insertKey, send, testGateway } from "#test/gateway.ts";
import { makeRateLimiter, type RateLimiter } from "./rate-limit.ts";

testDatabase();
const LIMIT = 10;
const gateway = testGateway({ RATE_LIMIT: String(LIMIT) });

/** The middle of a minute, so that no window ends while a test runs. */
const NOW = Math.floor(Date.now() / 60_000) * 60_000 + 30_000;
const limiter = (limit: number): RateLimiter => makeRateLimiter(gatewayEnv({ RATE_LIMIT: String(limit) }));
const principal = (userId = newId()): ApiKeyPrincipal => ({
  kind: "api_key",
  userId,
  scope: "mcp",
  keyId: newId(),
  prefix: null,
  name: "test",
  expiresAt: null,
  graceEndsAt: null,
});

async function spendMany(one: RateLimiter, who: ApiKeyPrincipal, times: number, nowMs = NOW): Promise<number> {
  const spent = Array.from({ length: times }, () => one.spend(one.budgetsOf(who, nowMs)));
  return (await Promise.all(spent)).filter(Boolean).length;
}

beforeEach(async () => {
  await db().rateLease.deleteMany();
});

describe("attack 5: requests at the same time", () => {
  it("in one process exactly the limit passes: 25 at once with limit 10", async () => {
    expect(await spendMany(limiter(10), principal(), 25)).toBe(10);
  });

  it("over HTTP too, and the refused ones say how long to wait", async () => {
    const { key } = await insertKey((await insertUser()).id);
    // A window that is about to end would give a second budget.
    while (Date.now() % 60_000 > 55_000) await new Promise((resolve) => setTimeout(resolve, 250));
    const answers = await Promise.all(Array.from({ length: 25 }, () => send(gateway.url(), "GET", "/v1/me", { key })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(LIMIT);
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(25 - LIMIT);
    for (const { headers, json } of refused) {
      const seconds = Number(headers.get("retry-after"));
      expect(seconds).toBeGreaterThan(0);
      expect(seconds).toBeLessThanOrEqual(60);
      expect(json).toMatchObject({ error: "rate_limited", retryAfter: seconds, detail: expect.any(String) });
      expect(headers.get("www-authenticate")).toBeNull();
      expect(headers.get("ratelimit-policy")).toBe('"key";q=10;w=60, "user";q=20;w=60');
      expect(headers.get("ratelimit")).toMatch(/^"key";r=0;t=\d+$/);
    }
  });

  it("two gateways: never more than the limit, and fewer by at most one lease each", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 100 }),
        fc.array(fc.boolean(), { maxLength: 250 }),
        async (limit, turns) => {
          const gateways = [limiter(limit), limiter(limit)] as const;
          const who = principal();
          let passed = 0;
          for (const first of turns) passed += await spendMany(first ? gateways[0] : gateways[1], who, 1);
          expect(passed).toBeLessThanOrEqual(limit);
          expect(passed).toBeGreaterThanOrEqual(Math.min(turns.length, limit - Math.ceil(limit / 10)));
        },
      ),
      { numRuns: 25 },
    );
  });

  it("two gateways at the same time: never more than the limit", async () => {
    const who = principal();
    const passed = await Promise.all([limiter(100), limiter(100)].map((one) => spendMany(one, who, 200)));
    expect((passed[0] ?? 0) + (passed[1] ?? 0)).toBe(100);
  });
});

describe("budgets", () => {
  it("keys of one user share twice the limit of a key; other users have their own", async () => {
    const one = limiter(10);
    const userId = newId();
    const keys = [principal(userId), principal(userId), principal(userId)];
    const passed = [];
    for (const key of keys) passed.push(await spendMany(one, key, 15));
    expect(passed).toEqual([10, 10, 0]);
    expect(await spendMany(one, principal(), 15)).toBe(10);
  });

  it("a new minute brings a new budget", async () => {
    const one = limiter(10);
    const who = principal();
    expect(await spendMany(one, who, 15)).toBe(10);
    expect(await spendMany(one, who, 15, NOW + 60_000)).toBe(10);
  });

  it("cost one statement per tenth of the limit, not one per request", async () => {
    let leases = 0;
    const one = makeRateLimiter(gatewayEnv({ RATE_LIMIT: "300" }), async (budget) => {
      leases += 1;
      budget.left += budget.portion;
      budget.leasedByAll += budget.portion;
    });
    const who = principal();
    for (let request = 0; request < 300; request += 1) await one.spend(one.budgetsOf(who, NOW));
    expect(leases).toBe(10 + 5);
  });

  it("fail when the database does not answer, and do not let anybody through", async () => {
    const one = makeRateLimiter(gatewayEnv({ RATE_LIMIT: "300" }), () => Promise.reject(new Error("away")));
    await expect(one.spend(one.budgetsOf(principal(), NOW))).rejects.toThrow("away");
  });
});

describe("refused credentials", () => {
  it("have a bucket of their own per address: the 61st in a minute gets 429, a valid key from there none", async () => {
    const { key } = await insertKey((await insertUser()).id);
    while (Date.now() % 60_000 > 50_000) await new Promise((resolve) => setTimeout(resolve, 250));
    const statuses = [];
    for (let attempt = 0; attempt < 62; attempt += 1) {
      statuses.push((await send(gateway.url(), "GET", "/v1/me", { key: `psy_guess${attempt}` })).status);
    }
    expect(statuses.slice(0, 60)).toEqual(Array(60).fill(401));
    expect(statuses.slice(60)).toEqual([429, 429]);
    expect((await send(gateway.url(), "GET", "/v1/me", { key })).status).toBe(200);
    expect((await send(gateway.url(), "GET", "/v1/me")).status).toBe(401);
  });
});
