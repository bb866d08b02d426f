import { expect, test } from "vitest";
import { type CachedCredential, makeCredentialCache } from "./credential-cache.ts";
import type { ApiKeyPrincipal } from "./principal.ts";

const entry = (keyId: string, userId = "u", storedAtMs = 0): CachedCredential<ApiKeyPrincipal> => ({
  ok: true,
  principal: {
    kind: "api_key",
    userId,
    scope: "mcp",
    keyId,
    prefix: null,
    name: "x",
    expiresAt: null,
    graceEndsAt: null,
  },
  worksUntilMs: Number.POSITIVE_INFINITY,
  storedAtMs,
});

test("lost event: no entry is believed for more than 60 s", () => {
  const cache = makeCredentialCache<ApiKeyPrincipal>();
  cache.set("h", entry("k"), cache.generation());
  expect(cache.get("h", 60_000)).toBeDefined();
  expect(cache.get("h", 60_001)).toBeUndefined();
  expect(cache.get("h", 1)).toBeUndefined();
});

test("fill race: what was read before an event is not stored after it", () => {
  const cache = makeCredentialCache<ApiKeyPrincipal>();
  const before = cache.generation();
  cache.forgetCredential("k");
  cache.set("h", entry("k"), before);
  cache.refuse("other", 0, before);
  expect(cache.get("h", 1)).toBeUndefined();
  expect(cache.isRefused("other", 1)).toBe(false);
});

test("an event drops its key alone; a user's event all keys of that user", () => {
  const cache = makeCredentialCache<ApiKeyPrincipal>();
  for (const [hash, key, user] of [
    ["1", "a", "u"],
    ["2", "b", "u"],
    ["3", "c", "v"],
  ] as const) {
    cache.set(hash, entry(key, user), cache.generation());
  }
  cache.forgetCredential("a");
  expect(["1", "2", "3"].map((hash) => cache.get(hash, 1) !== undefined)).toEqual([false, true, true]);
  cache.forgetUser("u");
  expect(["1", "2", "3"].map((hash) => cache.get(hash, 1) !== undefined)).toEqual([false, false, true]);
});

test("KEY-10: a refusal is remembered for at most 5 s, and no longer than until the next event", () => {
  const cache = makeCredentialCache<ApiKeyPrincipal>();
  cache.refuse("h", 0, cache.generation());
  expect(cache.isRefused("h", 5_000)).toBe(true);
  expect(cache.isRefused("h", 5_001)).toBe(false);
  cache.refuse("h", 0, cache.generation());
  cache.forgetCredential("unrelated");
  expect(cache.isRefused("h", 1)).toBe(false);
});

test("strangers cannot grow the store of refusals, nor push verified keys out with it", () => {
  const cache = makeCredentialCache<ApiKeyPrincipal>();
  cache.set("good", entry("k"), cache.generation());
  for (let index = 0; index < 30_000; index += 1) cache.refuse(`bad${index}`, 0, cache.generation());
  expect(cache.isRefused("bad0", 1)).toBe(false);
  expect(cache.isRefused("bad29999", 1)).toBe(true);
  expect(cache.get("good", 1)).toBeDefined();
});

test("50,000 verified keys are kept; the oldest goes first", () => {
  const cache = makeCredentialCache<ApiKeyPrincipal>();
  for (let index = 0; index <= 50_000; index += 1) cache.set(`h${index}`, entry(`k${index}`), cache.generation());
  expect(cache.get("h0", 1)).toBeUndefined();
  expect(cache.get("h1", 1)).toBeDefined();
});
