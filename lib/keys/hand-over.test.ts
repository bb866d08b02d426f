import { expect, test } from "vitest";
import { groupClients, handOverVerdict } from "./hand-over.ts";

const ROTATED = new Date("2027-03-10T00:00:00Z");
const hour = (hours: number) => new Date(ROTATED.getTime() + hours * 3_600_000);
const use = (client: string, first: number, last: number) => ({
  client,
  address: "203.0.113.7",
  firstSeenAt: hour(first),
  lastSeenAt: hour(last),
  requests: 1,
});

const verdictOf = (...uses: Parameters<typeof groupClients>) => handOverVerdict(groupClients(...uses)).verdict;

test("a client that used the old key since the rotation, and not the new one since, is old: not safe", () => {
  const clients = groupClients([use("httpx/0.28", -50, 2)], [use("curl/8.9", 1, 3)], ROTATED);
  expect(clients.map(({ client, group }) => [client, group])).toEqual([
    ["httpx/0.28", "old"],
    ["curl/8.9", "moved"],
  ]);
  expect(handOverVerdict(clients).verdict).toBe("not_safe");
});

test("a client that fell back to the old key after using the new one is old again", () => {
  expect(verdictOf([use("curl/8.9", -50, 5)], [use("curl/8.9", 1, 3)], ROTATED)).toBe("not_safe");
});

test("the same product at another address is another client", () => {
  const old = { ...use("curl/8.9", -50, 5), address: "192.0.2.41" };
  expect(groupClients([old], [use("curl/8.9", 1, 9)], ROTATED)).toHaveLength(2);
});

test("everybody moved: safe, since the last of them moved", () => {
  const clients = groupClients([use("a/1", -50, -1), use("b/1", -9, 1)], [use("a/1", 2, 4), use("b/1", 3, 3)], ROTATED);
  expect(handOverVerdict(clients)).toEqual({ verdict: "safe_all_moved", since: hour(3) });
});

test("a client seen within 7 days before the rotation and not since leaves it unclear", () => {
  expect(verdictOf([use("go/2", -100, -100), use("a/1", -1, -1)], [use("a/1", 1, 1)], ROTATED)).toBe("unclear");
});

test("a client last seen more than 7 days before the rotation does not count", () => {
  expect(verdictOf([use("go/2", -400, -7 * 24 - 1)], [], ROTATED)).toBe("safe_unused");
  expect(verdictOf([use("go/2", -400, -7 * 24)], [], ROTATED)).toBe("unclear");
});

test("nobody at all: safe, unused", () => {
  expect(verdictOf([], [], ROTATED)).toBe("safe_unused");
});
