import fc from "fast-check";
import { expect, test } from "vitest";
import { type KeyTimes, keyState, keyWorks, worksUntil } from "./key-state.ts";

const T = (seconds: number) => new Date(1_800_000_000_000 + seconds * 1000);
const instant = fc.integer({ min: -1000, max: 1000 }).map(T);
const maybe = fc.option(instant, { nil: null });
/** Any row that the database's constraints allow. */
const key: fc.Arbitrary<KeyTimes> = fc
  .record({ expiresAt: maybe, revokedAt: maybe, rotatedAt: maybe, grace: fc.integer({ min: 0, max: 500 }) })
  .map(({ expiresAt, revokedAt, rotatedAt, grace }) => {
    if (rotatedAt === null) return { expiresAt, revokedAt, rotatedAt, graceEndsAt: null };
    const end = new Date(rotatedAt.getTime() + grace * 1000);
    return { expiresAt, revokedAt, rotatedAt, graceEndsAt: expiresAt !== null && expiresAt < end ? expiresAt : end };
  });

const none: KeyTimes = { expiresAt: null, revokedAt: null, rotatedAt: null, graceEndsAt: null };

test.each([
  ["a plain key", none, "active"],
  ["before its expiry", { ...none, expiresAt: T(1) }, "active"],
  ["at the instant of its expiry", { ...none, expiresAt: T(0) }, "expired"],
  ["rotated, within grace", { ...none, rotatedAt: T(-5), graceEndsAt: T(1) }, "in_grace"],
  ["at the end of its grace", { ...none, rotatedAt: T(-5), graceEndsAt: T(0) }, "replaced"],
  ["rotated without grace", { ...none, rotatedAt: T(0), graceEndsAt: T(0) }, "replaced"],
  ["in grace when its expiry comes", { ...none, expiresAt: T(0), rotatedAt: T(-5), graceEndsAt: T(0) }, "expired"],
  ["revoked in its grace", { ...none, revokedAt: T(0), rotatedAt: T(-5), graceEndsAt: T(9) }, "revoked"],
  ["revoked after its expiry", { ...none, revokedAt: T(0), expiresAt: T(-1) }, "revoked"],
])("%s is %s", (_name, times, state) => {
  expect(keyState(times, T(0))).toBe(state);
});

test("revocation ends every key at once, whatever its other times say", () => {
  fc.assert(fc.property(key, instant, (times, now) => !keyWorks(keyState({ ...times, revokedAt: now }, now))));
});

test("a key that has stopped never works again: time only ends", () => {
  fc.assert(
    fc.property(key, instant, instant, (times, a, b) => {
      const [earlier, later] = a <= b ? [a, b] : [b, a];
      return keyWorks(keyState(times, earlier)) || !keyWorks(keyState(times, later));
    }),
  );
});

test("an unrevoked key works exactly until worksUntil", () => {
  fc.assert(
    fc.property(key, instant, (times, now) => {
      const until = worksUntil(times);
      const works = keyWorks(keyState({ ...times, revokedAt: null }, now));
      expect(works).toBe(until === null || now < until);
    }),
  );
});

test("grace never outlives the expiry", () => {
  fc.assert(
    fc.property(key, instant, (times, now) => {
      fc.pre(times.expiresAt !== null && now >= times.expiresAt);
      expect(keyWorks(keyState(times, now))).toBe(false);
    }),
  );
});
