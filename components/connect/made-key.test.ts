import { afterEach, expect, it, vi } from "vitest";
import { carryKey, receiveKey } from "./made-key.ts";

const KEY = { id: "1", name: "editor", plaintext: "psy_the_key_itself", prefix: "psy_the_…" };

afterEach(() => vi.useRealTimers());

it("a key that was taken along is handed on once", () => {
  carryKey(KEY);
  expect(receiveKey()).toEqual(KEY);
  expect(receiveKey()).toBeUndefined();
});

it("a key that nobody received is gone after half a minute, and takes no newer one with it", () => {
  vi.useFakeTimers();
  carryKey(KEY);
  vi.advanceTimersByTime(20_000);
  const newer = { ...KEY, id: "2" };
  carryKey(newer);
  vi.advanceTimersByTime(10_000);
  expect(receiveKey()).toEqual(newer);
  carryKey(KEY);
  vi.advanceTimersByTime(30_000);
  expect(receiveKey()).toBeUndefined();
});
