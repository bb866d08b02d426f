import { afterAll, beforeAll, expect, test } from "vitest";
import { startVerification, type Verification } from "#lib/auth/start-verification.ts";
import { ensureKnownClients } from "#lib/clients/known-clients.ts";
import { db } from "#lib/db.ts";
import { parseEnv } from "#lib/env.ts";
import { closeAcknowledgements } from "#lib/events/acknowledgements.ts";
import { isId, newId } from "#lib/ids.ts";
import { prepareSigningKeys } from "#lib/oauth/signing/signing-keys.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { gatewayEnv } from "#test/gateway.ts";
import { runCommandLine } from "#test/run-command-line.ts";

const database = testDatabase();
const SECRET = "of-the-app-tests-only-0123456789-abcd";
const EMAIL = "ada@example.org";
let verification: Verification;
let userId: string;

beforeAll(async () => {
  userId = (await insertUser({ email: EMAIL })).id;
  await ensureKnownClients();
  verification = await startVerification(gatewayEnv());
});
afterAll(async () => {
  await verification.stop();
  await closeAcknowledgements();
});

const environment = () => ({ DATABASE_URL: database.url(), SECRET });
const cli = (...argv: string[]) => runCommandLine([...argv, "--json"], environment());
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
async function insertGrant(clientId: string): Promise<string> {
  const id = newId();
  const names = { clientId, clientName: "CI", trust: "server", scope: "mcp:read" };
  await db().oAuthGrant.create({
    data: { id, userId, ...names, payload: {}, redeemedAt: new Date(), expiresAt: new Date(Date.now() + 60_000) },
  });
  return id;
}

test("PRE-01 PRE-03: client create prints {id, name, redirectUris, resourceServer}, and a secret only where there is one", async () => {
  const uris = ["http://127.0.0.1/callback", "com.example.app:/done"];
  const options = uris.flatMap((uri) => ["--redirect-uri", uri]);
  const made = await answer("client", "create", "--name", "CI", ...options);
  expect(made).toEqual({ id: expect.any(String), name: "CI", redirectUris: uris, resourceServer: false });
  const confidential = await answer(
    "client",
    "create",
    "--name",
    "Agent",
    ...options,
    "--confidential",
    "--id",
    "agent",
  );
  expect(confidential).toMatchObject({ id: "agent", secret: expect.stringMatching(/^[\w-]{43}$/) });
  const server = await answer("client", "create", "--name", "Gateway", "--resource-server");
  expect(server).toMatchObject({
    resourceServer: true,
    redirectUris: [],
    secret: expect.stringMatching(/^[\w-]{43}$/),
  });

  const list = await cli("client", "list");
  expect(list.stdout).not.toContain(confidential.secret);
  const clients = JSON.parse(list.stdout);
  const byId = new Map(clients.map((client: { id: string }) => [client.id, client]));
  expect(byId.get("agent")).toMatchObject({
    kind: "preregistered",
    isConfidential: true,
    redirectUris: uris,
    grants: 0,
  });
  expect(byId.get(server.id)).toMatchObject({ isResourceServer: true });
  expect([...byId.keys()]).toEqual(expect.arrayContaining(["pensyve-claude-code", "pensyve-vscode"]));
  expect(await refusal("client", "create", "--name", "Again", ...options, "--id", "agent")).toMatchObject({
    error: "conflict",
  });
});

test("for people, the secret is said once, with its name", async () => {
  const argv = ["client", "create", "--name", "Agent", "--redirect-uri", "https://example.org/cb", "--confidential"];
  const { stdout } = await runCommandLine(argv, environment());
  expect(stdout).toMatch(/^Added the client Agent: client_\S+\nIts secret, shown this once: [\w-]{43}\n$/);
});

test.each([
  ["no redirect URI", ["--name", "CI"], /^--redirect-uri: Give at least one/],
  [
    "a dangerous one",
    ["--name", "CI", "--redirect-uri", "javascript:x"],
    /^--redirect-uri: Javascript: is not allowed/,
  ],
  ["no name", ["--redirect-uri", "https://example.org/cb"], /^--name is missing/],
  [
    "an address as id",
    ["--name", "CI", "--redirect-uri", "https://a.example/", "--id", "https://a.example/"],
    /^--id: Use 3/,
  ],
  [
    "a resource server that redirects",
    ["--name", "CI", "--resource-server", "--redirect-uri", "https://a.example/"],
    /^--redirect-uri: A resource server/,
  ],
])("a client that cannot work is refused: %s", async (_name, options, message) => {
  const refused = await refusal("client", "create", ...options);
  expect(refused).toMatchObject({ error: "usage", message: expect.stringMatching(message) });
});

test("grant list and grant withdraw: the receipt, and then it is gone", async () => {
  const id = await insertGrant("pensyve-vscode");
  expect(await answer("grant", "list", "--email", EMAIL)).toMatchObject([
    { id, clientId: "pensyve-vscode", clientName: "CI", scope: "mcp:read", trust: "server", lastUsedAt: null },
  ]);
  const receipt = await answer("grant", "withdraw", id);
  expect(receipt).toEqual({ id, acknowledgedBy: 1, of: 1, milliseconds: expect.any(Number) });
  expect(await answer("grant", "list", "--email", EMAIL)).toEqual([]);
  const rows = await db().auditEvent.findMany({ where: { targetId: id } });
  expect(rows).toMatchObject([
    { action: "app.withdrawn", actorKind: "command_line", userId, details: { end: "command_line" } },
  ]);
  expect(await refusal("grant", "withdraw", id)).toMatchObject({
    error: "grant_not_found",
    message: expect.stringContaining("grant list"),
  });
  expect(await refusal("grant", "list", "--email", "nobody@example.org")).toMatchObject({ error: "user_not_found" });
});

test.each(["01a20deb-2c0e-73fd-904f-317c1a35c6b0", "no-id", "' OR 1=1 --"])(
  "an unknown grant is refused: %s",
  async (id) => {
    expect(await refusal("grant", "withdraw", id)).toMatchObject({ error: "grant_not_found" });
  },
);

test("client remove ends its grants; clients of the server stay", async () => {
  const { id } = await answer("client", "create", "--name", "CI", "--redirect-uri", "https://example.org/cb");
  await insertGrant(id);
  const removed = await answer("client", "remove", id);
  expect(removed).toEqual({ id, endedGrants: 1, acknowledgedBy: 1, of: 1, milliseconds: expect.any(Number) });
  expect(await answer("grant", "list", "--email", EMAIL)).toEqual([]);
  expect(await refusal("client", "remove", id)).toMatchObject({ error: "client_not_found" });
  expect(await refusal("client", "remove", "pensyve-vscode")).toMatchObject({ error: "conflict" });
});

test("user disable says how many apps it ended", async () => {
  const other = await insertUser({ email: "bob@example.org" });
  const id = await insertGrant("pensyve-vscode");
  await db().oAuthGrant.update({ where: { id }, data: { userId: other.id } });
  expect(await answer("user", "disable", other.id)).toMatchObject({ endedApps: 1, acknowledgedBy: 1 });
});

test("attack 26: signing-key rotate publishes a key that signs later; list shows both, and no private part", async () => {
  await prepareSigningKeys(parseEnv({ SECRET }));
  const [before] = await answer("signing-key", "list");
  expect(before).toMatchObject({ state: "current", retiresAt: null });
  const rotated = await answer("signing-key", "rotate");
  expect(Date.parse(rotated.signsFrom)).toBeGreaterThan(Date.now());
  const after = await cli("signing-key", "list");
  const keys = JSON.parse(after.stdout);
  expect(keys.map(({ kid, state }: { kid: string; state: string }) => [kid, state])).toEqual([
    [rotated.kid, "next"],
    [before.kid, "current"],
  ]);
  expect(Object.keys(keys[0])).not.toEqual(expect.arrayContaining(["privateJwk"]));
  const rows = await db().auditEvent.findMany({ where: { targetId: rotated.kid } });
  expect(rows).toMatchObject([{ action: "signing_key.rotated", actorKind: "command_line", userId: null }]);
  expect(isId(rotated.kid)).toBe(false);
});

test("attack 26: signing-key rotate --now: the new key signs at once, and those before are gone", async () => {
  await prepareSigningKeys(parseEnv({ SECRET }));
  const rotated = await answer("signing-key", "rotate", "--now");
  expect(rotated).toMatchObject({ acknowledgedBy: 1, of: 1, signers: { renewed: 0, of: 0 } });
  expect(await answer("signing-key", "list")).toMatchObject([{ kid: rotated.kid, state: "current" }]);
  expect(await refusal("signing-key", "rotate", "--discard-unreadable")).toMatchObject({ error: "usage" });
});
