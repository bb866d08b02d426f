import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { parseEnv } from "./env.ts";
import { derivePreviousSecret, deriveSecret } from "./secret.ts";

const dataDir = mkdtempSync(join(tmpdir(), "pensyve-secret-"));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

test("each purpose has a key of its own, the same every time", () => {
  const given = parseEnv({ DATA_DIR: dataDir, SECRET: "s".repeat(32) });
  expect(deriveSecret("a", given)).toBe(deriveSecret("a", given));
  expect(deriveSecret("a", given)).not.toBe(deriveSecret("b", given));
  expect(Buffer.from(deriveSecret("a", given), "base64url")).toHaveLength(32);
  expect(deriveSecret("a", parseEnv({ DATA_DIR: dataDir, SECRET: "t".repeat(32) }))).not.toBe(deriveSecret("a", given));
});

test("with the built-in PostgreSQL the secret is made once, for its owner alone", () => {
  const given = parseEnv({ DATA_DIR: dataDir });
  const derived = deriveSecret("a", given);
  expect(statSync(join(dataDir, "secret")).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(dataDir, "secret"), "utf8").length).toBeGreaterThanOrEqual(64);
  expect(deriveSecret("a", parseEnv({ DATA_DIR: dataDir }))).toBe(derived);
});

test("a gateway on its own has no secret", () => {
  const gateway = parseEnv({ DATA_DIR: dataDir, SERVE: "gateway", DATABASE_URL: "postgresql://u:p@h/d" });
  expect(() => deriveSecret("a", gateway)).toThrow(/without SECRET/);
});

test("while SECRET changes, what the previous one derived can still be read", () => {
  const before = parseEnv({ SECRET: "s".repeat(32) });
  const changing = parseEnv({ SECRET: "t".repeat(32), SECRET_PREVIOUS: "s".repeat(32) });
  expect(derivePreviousSecret("a", changing)).toBe(deriveSecret("a", before));
  expect(derivePreviousSecret("a", changing)).not.toBe(deriveSecret("a", changing));
  expect(derivePreviousSecret("a", before)).toBeUndefined();
});
