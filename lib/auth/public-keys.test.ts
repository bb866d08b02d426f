import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { makePublicKeys } from "./public-keys.ts";

const { publicKey } = generateKeyPairSync("ed25519");

/** A set of keys in a place that counts how often it is read, with a clock that only moves when told. */
function place(...kids: string[]) {
  const set = new Map(kids.map((kid) => [kid, { key: publicKey, retiresAt: null as Date | null }]));
  const state = { set, reads: 0, nowMs: 0, isDown: false, gate: undefined as Promise<void> | undefined };
  const keys = makePublicKeys(
    async () => {
      state.reads += 1;
      const found = new Map(state.set);
      await state.gate;
      if (state.isDown) throw new Error("connection refused");
      return found;
    },
    () => state.nowMs,
  );
  return { state, keys, has: async (kid: string, isTrusted = true) => (await keys.find(kid, isTrusted)) !== undefined };
}

describe("JWT-05: public keys", () => {
  it("are read once, however many ask at once", async () => {
    const { state, has } = place("a");
    expect(await Promise.all(Array.from({ length: 50 }, () => has("a")))).not.toContain(false);
    expect(state.reads).toBe(1);
  });

  it("a flood of unknown kids reads the set at most once in ten seconds", async () => {
    const { state, has } = place("a");
    await has("a");
    for (let second = 0; second <= 30; second += 1) {
      state.nowMs = second * 1000;
      const found = await Promise.all(Array.from({ length: 100 }, (_, index) => has(`unknown ${second} ${index}`)));
      expect(found).not.toContain(true);
      expect(await has("a")).toBe(true);
    }
    expect(state.reads).toBe(3);
  });

  it("a new key is found after the cool-down, and at once when the change was heard", async () => {
    const { state, keys, has } = place("a");
    await has("a");
    state.set.set("b", { key: publicKey, retiresAt: null });
    expect(await has("b")).toBe(false);
    keys.forget();
    expect(await has("b")).toBe(true);
    state.set.set("c", { key: publicKey, retiresAt: null });
    state.nowMs = 10_001;
    expect(await has("c")).toBe(true);
  });

  it("known keys verify on while the database is away; an unknown one is no verdict, at one try a second", async () => {
    const { state, has } = place("a");
    await has("a");
    state.isDown = true;
    state.nowMs = 20_000;
    for (let index = 0; index < 20; index += 1) await expect(has("new")).rejects.toThrow("connection refused");
    expect(state.reads).toBe(2);
    expect(await has("a")).toBe(true);
    state.isDown = false;
    state.set.set("new", { key: publicKey, retiresAt: null });
    state.nowMs = 21_001;
    expect(await has("new")).toBe(true);
  });

  it("a read that began before the change was heard is not believed after it", async () => {
    const { state, keys, has } = place("a");
    const gate = Promise.withResolvers<void>();
    state.gate = gate.promise;
    const answer = has("a");
    state.set.delete("a");
    keys.forget();
    gate.resolve();
    expect(await answer).toBe(false);
    expect(state.reads).toBe(2);
  });

  it("while changes are not heard, a known key counts by a read that began after the question; unknown ones cost one a second", async () => {
    const { state, has } = place("a");
    expect(await has("a", false)).toBe(true);
    expect(await has("a", false)).toBe(true);
    expect(state.reads).toBe(2);
    state.set.delete("a");
    expect(await has("a", false)).toBe(false);
    expect(state.reads).toBe(3);
    for (let index = 0; index < 20; index += 1) expect(await has(`unknown ${index}`, false)).toBe(false);
    expect(state.reads).toBe(3);
    state.nowMs = 1_001;
    for (let index = 0; index < 20; index += 1) expect(await has(`unknown ${index}`, false)).toBe(false);
    expect(state.reads).toBe(4);
  });

  it("while changes are not heard, all who ask during one read share the next one", async () => {
    const { state, has } = place("a");
    await has("a");
    const gate = Promise.withResolvers<void>();
    state.gate = gate.promise;
    const first = has("a", false);
    await expect.poll(() => state.reads).toBe(2);
    state.set.delete("a"); // after that read has looked
    const later = Array.from({ length: 50 }, () => has("a", false));
    gate.resolve();
    await first;
    expect(new Set(await Promise.all(later))).toEqual(new Set([false]));
    expect(state.reads).toBe(3);
  });

  it("while changes are not heard and the database is away, nothing is verified", async () => {
    const { state, has } = place("a");
    await has("a");
    state.isDown = true;
    await expect(has("a", false)).rejects.toThrow("connection refused");
    state.isDown = false;
    expect(await has("a", false)).toBe(true);
  });

  it("attack 26: a key whose time is over verifies nothing, though nobody has told", async () => {
    const { state, has } = place("a");
    state.set.set("old", { key: publicKey, retiresAt: new Date(Date.now() - 1) });
    expect(await has("old")).toBe(false);
    expect(await has("a")).toBe(true);
  });
});
