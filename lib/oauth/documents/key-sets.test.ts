import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { documentHost } from "#test/document-host.ts";
import { makeKeySets } from "./key-sets.ts";

const BYTES_MAX = 200;
const OPTIONS = { method: "GET" };
let host = documentHost();
let keySets = makeKeySets(host.fetch, BYTES_MAX);
const passSeconds = (seconds: number): void => void vi.setSystemTime(Date.now() + seconds * 1_000);
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
  host = documentHost();
  keySets = makeKeySets(host.fetch, BYTES_MAX);
});
afterEach(() => {
  vi.useRealTimers();
});

const outcome = (url: string): Promise<string> =>
  keySets(url, OPTIONS).then(
    (response) => response.text(),
    (error: Error) => error.message,
  );
const GOOD = '{"keys":[]}';

test("attack 23: a good key set is fetched once for all who ask within half a minute, and then again", async () => {
  const url = "https://keys.example/jwks.json";
  host.answerWith(url, () => new Response(GOOD));
  expect(await Promise.all(Array.from({ length: 20 }, () => outcome(url)))).toEqual(Array<string>(20).fill(GOOD));
  expect([await outcome(url), host.asked(url)]).toEqual([GOOD, 1]);
  passSeconds(31);
  expect([await outcome(url), host.asked(url)]).toEqual([GOOD, 2]);
});

test.each<[string, () => Response, string]>([
  ["an error", () => new Response("no", { status: 503 }), "The answer has the status 503"],
  ["a redirect", () => new Response(null, { status: 302 }), "The answer has the status 302"],
  ["nothing", () => Response.error(), "The answer has the status 0"],
  ["what is too long", () => new Response("x".repeat(5_000)), "x".repeat(BYTES_MAX + 1)],
  ["no key set", () => new Response("<html>"), "<html>"],
])("attack 23: %s is remembered for half a minute as well", async (_name, answer, expected) => {
  const url = "https://keys.example/jwks.json";
  host.answerWith(url, answer);
  expect([await outcome(url), await outcome(url), host.asked(url)]).toEqual([expected, expected, 1]);
  host.answerWith(url, () => new Response(GOOD));
  passSeconds(31);
  expect(await outcome(url)).toBe(GOOD);
});

test("attack 23: a host that does not answer is not asked again for half a minute", async () => {
  host.disconnect();
  const url = "https://keys.example/jwks.json";
  const all = await Promise.all([outcome(url), outcome(url)]);
  expect([...all, await outcome(url)]).toEqual(Array<string>(3).fill("getaddrinfo ENOTFOUND"));
  expect(host.asked(url)).toBe(1);
});

test("attack 23: ever new addresses of one host get it asked 30 times a minute; its good key set, and other hosts, are not held up", async () => {
  const known = "https://victim.example/jwks.json";
  host.answerWith(known, () => new Response(GOOD));
  expect(await outcome(known)).toBe(GOOD);
  passSeconds(3_600);
  const urls = Array.from({ length: 40 }, (_, index) => `https://victim.example/${index}`);
  const outcomes: string[] = [];
  for (const url of urls) outcomes.push(await outcome(url));
  expect(urls.filter((url) => host.asked(url) > 0)).toHaveLength(30);
  expect(outcomes.at(-1)).toContain("too often");
  expect([await outcome(known), host.asked(known)]).toEqual([GOOD, 2]);
  const url = "https://keys.example/jwks.json";
  host.answerWith(url, () => new Response(GOOD));
  expect(await outcome(url)).toBe(GOOD);
  // Once it is not good any more, it counts like the others.
  passSeconds(31);
  host.answerWith(known, () => new Response("gone", { status: 404 }));
  expect(await outcome(known)).toContain("404");
  for (const each of urls) await outcome(`${each}/again`);
  passSeconds(31);
  for (const each of urls) await outcome(`${each}/and-again`);
  expect([await outcome(known), host.asked(known)]).toEqual([expect.stringContaining("too often"), 3]);
});

test("attack 23: ever new hosts are asked 120 times together, and key sets that were good are not held up", async () => {
  const known = "https://keys.example/jwks.json";
  host.answerWith(known, () => new Response(GOOD));
  expect(await outcome(known)).toBe(GOOD);
  const urls = Array.from({ length: 150 }, (_, index) => `https://host-${index}.example/jwks.json`);
  passSeconds(31);
  for (const url of urls) await outcome(url);
  expect(urls.filter((url) => host.asked(url) > 0)).toHaveLength(120);
  expect([await outcome(known), host.asked(known)]).toEqual([GOOD, 2]);
});
