import fc from "fast-check";
import { expect, test } from "vitest";
import { makeAddressLimit } from "./address-limit.ts";

test("REG-10: an address may do its burst at once, then its share a minute, and is told when to come back", () => {
  const limit = makeAddressLimit({ burst: 3, perMinute: 60 });
  const take = (nowMs: number) => limit.take("192.0.2.1", nowMs);
  expect([take(0), take(0), take(0)]).toEqual([0, 0, 0]);
  expect(take(0)).toBe(1);
  // Being refused costs nothing.
  expect([take(999), take(1_000), take(1_000)]).toEqual([1, 0, 1]);
  expect([take(600_000), take(600_000), take(600_000), take(600_000)]).toEqual([0, 0, 0, 1]);
  expect(limit.take("192.0.2.2", 0)).toBe(0);
});

test("REG-10: the addresses of one IPv6 network are one, however they are written; those of the next are others", () => {
  const limit = makeAddressLimit({ burst: 1, perMinute: 1 });
  expect(limit.take("2001:db8:0:7::1", 0)).toBe(0);
  for (const same of ["2001:db8:0:7::2", "2001:0DB8:0000:0007:ffff:ffff:ffff:ffff", "2001:db8:0:7:1::"]) {
    expect(limit.take(same, 0)).toBeGreaterThan(0);
  }
  expect(limit.take("2001:db8:0:8::1", 0)).toBe(0);
  expect(limit.take("::1", 0)).toBe(0);
});

test("REG-10: never more than the burst and what time has added", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 200 }), fc.ipV6(), (waits, address) => {
      const limit = makeAddressLimit({ burst: 5, perMinute: 60 });
      let now = 0;
      let taken = 0;
      for (const wait of waits) {
        now += wait;
        if (limit.take(address, now) === 0) taken += 1;
      }
      expect(taken).toBeLessThanOrEqual(5 + now / 1_000);
    }),
  );
});
