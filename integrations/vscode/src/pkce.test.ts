import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { proofKey, randomText } from "./pkce.ts";

test("a verifier has 256 random bits, and its challenge is the SHA-256 of its text", async () => {
  for (let count = 0; count < 50; count += 1) {
    const { verifier, challenge } = await proofKey();
    expect(verifier).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(challenge).toBe(createHash("sha256").update(verifier).digest("base64url"));
  }
});

test("no two states are the same", () => {
  expect(new Set(Array.from({ length: 1_000 }, randomText)).size).toBe(1_000);
});
