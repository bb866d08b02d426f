import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommandLine } from "#test/run-command-line.ts";
import { type RunningServer, startServer } from "#test/start-server.ts";

/** A first start may have to build the pages. */
const START_MS = 300_000;
let server: RunningServer;
beforeAll(async () => {
  server = await startServer({ via: "npm start" });
}, START_MS);
afterAll(async () => {
  await server.stop();
});

async function answer(argv: string[], stdin = "") {
  const environment = { DATA_DIR: server.dataDir, PORT: String(server.port) };
  const result = await runCommandLine([...argv, "--json"], environment, { stdin });
  expect(result).toMatchObject({ status: 0, stderr: "" });
  return JSON.parse(result.stdout);
}
const statusWith = async (key: string) =>
  (await fetch(`${server.url}/v1/me`, { headers: { Authorization: `Bearer ${key}` } })).status;

test("beside npm start: what the command line makes works over HTTP, what it revokes is refused, and the server goes on", async () => {
  const email = "a@example.org";
  await answer(["user", "create", "--email", email, "--password-stdin", "--admin"], "seventeen green herons\n");
  const first = await answer(["key", "create", "--email", email, "--name", "ci", "--scope", "mcp:read"]);
  expect(await statusWith(first.key)).toBe(200);
  const second = await answer(["key", "rotate", first.id]);
  expect([await statusWith(first.key), await statusWith(second.key)]).toEqual([200, 200]);
  expect(await answer(["key", "revoke", first.id])).toMatchObject({ id: first.id, acknowledgedBy: 1, of: 1 });
  expect([await statusWith(first.key), await statusWith(second.key)]).toEqual([401, 200]);
  const { ok, checks } = await answer(["doctor"]);
  expect({ ok, checks }).toMatchObject({ ok: true });
  expect(checks.every((check: { status: string }) => check.status === "ok")).toBe(true);
  expect(await answer(["user", "disable", "--email", email])).toMatchObject({ acknowledgedBy: 1, of: 1 });
  expect(await statusWith(second.key)).toBe(401);

  expect((await fetch(`${server.url}/ready`)).status).toBe(200);
  expect(await server.stop()).toBe(0);
  for (const { key } of [first, second]) expect(server.output()).not.toContain(key);
});
