import crypto from "node:crypto";
import { afterEach, describe, expect, test, vi } from "vitest";
import { isDomainError } from "#lib/errors.ts";
import { checkNewPassword, hashPassword, verifyPassword } from "./password.ts";

const SENTENCE = "the ferry leaves at noon";
afterEach(() => vi.restoreAllMocks());

function refusal(password: string): unknown {
  try {
    checkNewPassword(password);
    return undefined;
  } catch (error) {
    return isDomainError(error) ? { code: error.code, missing: error.details["missing"] } : error;
  }
}

describe("SIG-08: length is counted in characters", () => {
  test("14 are too few, and the answer says how many are missing", () => {
    expect(refusal("kvEyyoX7wPmR2d")).toEqual({ code: "password_too_short", missing: 1 });
    expect(refusal("")).toEqual({ code: "password_too_short", missing: 15 });
  });
  test("15 are enough, 64 and 256 are accepted, 257 are not", () => {
    const text = crypto.randomBytes(256).toString("base64url");
    for (const length of [15, 64, 256]) expect(refusal(text.slice(0, length))).toBeUndefined();
    expect(refusal(text.slice(0, 257))).toMatchObject({ code: "password_too_long" });
  });
  test("code points count, not UTF-16 units or bytes, and composed like decomposed", () => {
    expect(refusal("🐙🦊🐢🦉🐝🦋🐌")).toMatchObject({ missing: 8 });
    expect(refusal("e\u0301".repeat(14))).toMatchObject({ code: "password_too_short", missing: 1 });
  });
});

describe("argon2id", () => {
  test("the hash is a PHC string with OWASP's parameters and a salt of its own", async () => {
    const [one, two] = await Promise.all([hashPassword(SENTENCE), hashPassword(SENTENCE)]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(one).not.toBe(two);
  });
  test("it verifies the password and no other, in either Unicode form", async () => {
    const stored = await hashPassword("caf\u00e9 am ufer der isar");
    expect(await verifyPassword("cafe\u0301 am ufer der isar", stored)).toBe(true);
    expect(await verifyPassword("cafe am ufer der isar", stored)).toBe(false);
    expect(await verifyPassword("", stored)).toBe(false);
  });
  test("the parameters in the hash count, so that they can be raised later", async () => {
    const salt = crypto.randomBytes(16);
    const tag = crypto.argon2Sync("argon2id", {
      message: SENTENCE,
      nonce: salt,
      memory: 8192,
      passes: 1,
      parallelism: 1,
      tagLength: 32,
    });
    const text = (bytes: Buffer) => bytes.toString("base64").replaceAll("=", "");
    const stored = `$argon2id$v=19$m=8192,t=1,p=1$${text(salt)}$${text(Buffer.from(tag))}`;
    expect(await verifyPassword(SENTENCE, stored)).toBe(true);
  });
  test("enumeration: an unknown account costs the same one derivation, and is false", async () => {
    const stored = await hashPassword(SENTENCE);
    const derive = vi.spyOn(crypto, "argon2");
    await verifyPassword("wrong", stored);
    await verifyPassword("wrong", undefined);
    await verifyPassword("wrong", null);
    const [known, unknown, passwordless] = derive.mock.calls.map(([name, { nonce, message, ...rest }]) => [name, rest]);
    expect(unknown).toEqual(known);
    expect(passwordless).toEqual(known);
    expect(await verifyPassword(SENTENCE, undefined)).toBe(false);
  });
  test("a stored value of another kind is a defect, never a match", async () => {
    await expect(verifyPassword("x", "plaintext")).rejects.toThrow("not an argon2id PHC string");
    await expect(verifyPassword("", "")).rejects.toThrow();
  });
});
