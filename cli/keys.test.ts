import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { authenticate } from "#lib/auth/authenticate.ts";
import { startVerification, type Verification } from "#lib/auth/start-verification.ts";
import { db } from "#lib/db.ts";
import { closeAcknowledgements } from "#lib/events/acknowledgements.ts";
import { isId, newId } from "#lib/ids.ts";
import { isWellFormedKey } from "#lib/keys/key-format.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { gatewayEnv } from "#test/gateway.ts";
import { runCommandLine } from "#test/run-command-line.ts";

const database = testDatabase();
const EMAIL = "a@example.org";
const DAY_MS = 86_400_000;
let verification: Verification;
let userId: string;

beforeAll(async () => {
  userId = (await insertUser({ email: EMAIL })).id;
  verification = await startVerification(gatewayEnv());
});
afterAll(async () => {
  await verification.stop();
  await closeAcknowledgements();
});

const cli = (...argv: string[]) =>
  runCommandLine([...argv, "--json"], { DATABASE_URL: database.url(), SECRET: "of-the-key-tests-only-0123456789-abc" });
async function answer(...argv: string[]) {
  const result = await cli(...argv);
  expect(result).toMatchObject({ status: 0, stderr: "" });
  return JSON.parse(result.stdout);
}
async function refusal(...argv: string[]) {
  const result = await cli(...argv);
  expect(result).toMatchObject({ status: 1, stdout: "" });
  return JSON.parse(result.stderr);
}
const create = (...more: string[]) =>
  answer("key", "create", "--email", EMAIL, "--name", "ci", "--scope", "mcp:read", ...more);
const outcome = async (value: string) => await authenticate({ kind: "api_key", value });

test("key create prints {id, key, prefix, scope, expiresAt}, and the key works at once", async () => {
  const created = await create("--expires-in", "30d");
  expect(created).toEqual({
    id: expect.toSatisfy(isId),
    key: expect.toSatisfy(isWellFormedKey),
    prefix: created.key.slice(0, 8),
    scope: "mcp:read",
    expiresAt: expect.stringMatching(/^\d{4}-.*Z$/),
  });
  expect(Math.abs(Date.parse(created.expiresAt) - Date.now() - 30 * DAY_MS)).toBeLessThan(60_000);
  expect(await outcome(created.key)).toMatchObject({ ok: true, principal: { userId, scope: "mcp:read" } });
  expect((await create()).expiresAt).toBeNull();
  const dated = await create("--expires-at", "2031-02-03T04:05:06Z");
  expect(dated.expiresAt).toBe("2031-02-03T04:05:06.000Z");
});

test("key rotate prints the successor and until when the old key works; both do", async () => {
  const old = await create();
  const rotated = await answer("key", "rotate", old.id, "--grace", "12h");
  expect(Object.keys(rotated)).toEqual(["id", "key", "prefix", "scope", "expiresAt", "predecessor"]);
  expect(rotated.predecessor).toEqual({ id: old.id, worksUntil: expect.any(String) });
  expect(Math.abs(Date.parse(rotated.predecessor.worksUntil) - Date.now() - DAY_MS / 2)).toBeLessThan(60_000);
  expect(await outcome(old.key)).toMatchObject({ ok: true });
  expect(await outcome(rotated.key)).toMatchObject({ ok: true });
  expect(await refusal("key", "rotate", old.id)).toMatchObject({ error: "key_not_active" });
  const without = await answer("key", "rotate", rotated.id, "--grace", "0");
  expect(await outcome(rotated.key)).toMatchObject({ ok: false });
  expect(await outcome(without.key)).toMatchObject({ ok: true });
});

test("KEY-10: key revoke answers when the gateway refuses the key, and says how many do", async () => {
  const { id, key } = await create();
  expect(await outcome(key)).toMatchObject({ ok: true });
  const receipt = await answer("key", "revoke", id);
  expect(await outcome(key)).toEqual({ ok: false, reason: "revoked" });
  expect(receipt).toEqual({ id, acknowledgedBy: 1, of: 1, milliseconds: expect.any(Number) });
  const audit = await db().auditEvent.findMany({ where: { targetId: id, action: "key.revoked" } });
  expect(audit).toMatchObject([{ actorKind: "command_line", userId }]);
  expect(await refusal("key", "revoke", id)).toMatchObject({ error: "key_not_active" });
});

test("for people, revoking prints the receipt as a sentence", async () => {
  const { id } = await create();
  const environment = { DATABASE_URL: database.url(), SECRET: "of-the-key-tests-only-0123456789-abc" };
  const result = await runCommandLine(["key", "revoke", id], environment);
  expect(result.stdout).toMatch(/^Refused everywhere after (\d+|under 1) ms \(1 of 1 gateway\)\.\n$/);
});

test.each(["01a20deb-2c0e-73fd-904f-317c1a35c6b0", "no-id", "' OR 1=1 --"])(
  "an unknown id is refused: %s",
  async (id) => {
    for (const verb of ["revoke", "rotate"]) {
      expect(await refusal("key", verb, id)).toMatchObject({
        error: "key_not_found",
        message: expect.stringContaining("key list"),
      });
    }
  },
);

test("KEY-05, KEY-06: key list shows states and last use of every page, and no key or hash", async () => {
  const { id: other } = await insertUser({ email: "many@example.org" });
  const rows = Array.from({ length: 120 }, (_, index) => ({
    id: newId(),
    isImported: true,
    userId: other,
    name: `k${index}`,
    hash: new Uint8Array(randomBytes(32)),
    scope: "mcp",
  }));
  await db().apiKey.createMany({ data: rows });
  const many = await answer("key", "list", "--email", "many@example.org");
  expect(new Set(many.map((key: { id: string }) => key.id))).toEqual(new Set(rows.map((row) => row.id)));
  const { id, key, prefix } = await create();
  const result = await cli("key", "list");
  const all = JSON.parse(result.stdout);
  expect(all.length).toBeGreaterThan(120);
  const shown = all.find((each: { id: string }) => each.id === id);
  expect(shown).toMatchObject({
    email: EMAIL,
    name: "ci",
    prefix,
    scope: "mcp:read",
    state: "active",
    lastUsedAt: null,
  });
  expect(result.stdout).not.toContain(key);
  expect(result.stdout).not.toContain(createHash("sha256").update(key).digest("hex"));
  expect(Object.keys(shown)).not.toContain("hash");
});

test("KEY-02: an imported key of another format works by its hash, and only once", async () => {
  const legacy = `psy_${randomBytes(12).toString("hex")}`;
  const sha256 = createHash("sha256").update(legacy).digest("hex");
  const argv = ["key", "import", "--email", EMAIL, "--name", "old", "--scope", "mcp", "--sha256", sha256];
  expect(await outcome(legacy)).toMatchObject({ ok: false });
  const imported = await answer(...argv, "--expires-at", "2031-01-01");
  expect(imported).toEqual({
    id: expect.toSatisfy(isId),
    email: EMAIL,
    name: "old",
    scope: "mcp",
    expiresAt: "2031-01-01T00:00:00.000Z",
  });
  expect(await outcome(legacy)).toMatchObject({ ok: true, principal: { userId, keyId: imported.id } });
  expect(await refusal(...argv)).toMatchObject({ error: "conflict" });
});

test("key import --file takes many, from where the person is; what is refused is named and does not stop the rest", async () => {
  const folder = mkdtempSync(join(tmpdir(), "pensyve-import-"));
  const hash = () => randomBytes(32).toString("hex");
  const entry = (name: string, email = EMAIL) => ({ email, name, scope: "mcp:write", sha256: hash() });
  const environment = { DATABASE_URL: database.url(), SECRET: "of-the-key-tests-only-0123456789-abc" };
  const run = () => runCommandLine(["key", "import", "--file", "keys.json", "--json"], environment, { folder });
  try {
    writeFileSync(join(folder, "keys.json"), JSON.stringify([entry("one"), { ...entry("two"), sha256: "abc" }]));
    const wrong = await run();
    expect(wrong).toMatchObject({ status: 1, stdout: "" });
    expect(JSON.parse(wrong.stderr).message).toMatch(/^Entry 2, sha256: /);
    expect(await db().apiKey.count({ where: { name: "one" } })).toBe(0);

    const entries = [entry("one"), entry("two", "nobody@example.org"), entry("three")];
    writeFileSync(join(folder, "keys.json"), JSON.stringify(entries));
    const partly = await run();
    expect(partly.status).toBe(1);
    const { imported, refused } = JSON.parse(partly.stdout);
    expect(imported.map((key: { name: string }) => key.name)).toEqual(["one", "three"]);
    expect(refused).toEqual([{ entry: 2, error: "user_not_found", message: expect.any(String) }]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
