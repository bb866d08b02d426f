import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseEnv } from "../env.ts";
import { openDatabase } from "./open-database.ts";

test("with DATABASE_URL nothing is started", async () => {
  const dataDir = join(tmpdir(), `pensyve-none-${process.pid}`);
  const given = parseEnv({
    DATA_DIR: dataDir,
    DATABASE_URL: "postgresql://u:p@db.example.org/pooled",
    DATABASE_DIRECT_URL: "postgresql://u:p@db.example.org/direct",
    SERVE: "gateway",
  });
  const database = await openDatabase(given);
  expect(database.isEmbedded).toBe(false);
  expect(database.config.connectionString).toContain("/pooled");
  expect(database.direct.connectionString).toContain("/direct");
  await database.close();
  expect(existsSync(dataDir)).toBe(false);
});
