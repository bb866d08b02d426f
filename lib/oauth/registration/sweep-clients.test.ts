import { expect, test } from "vitest";
import { db } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { testAuthorizationServer } from "#test/authorization-server.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { sendRpc } from "#test/gateway.ts";
import { sweepUnusedClients } from "./sweep-clients.ts";

testDatabase();
const server = testAuthorizationServer({ TRUST_PROXY: "1" });
const DAY_MS = 86_400_000;
/** A day, and the hour that a consent begun within it may take. */
const UNUSED_MS = DAY_MS + 3_600_000;
const BATCH = 10_000;

async function registerDistinct(count: number): Promise<void> {
  for (let from = 0; from < count; from += 50) {
    const answers = await Promise.all(
      Array.from({ length: Math.min(50, count - from) }, (_, index) =>
        fetch(`${server.url()}/oauth/register`, {
          method: "POST",
          headers: { "content-type": "application/json", "x-forwarded-for": `198.18.0.${Math.floor(from / 500)}` },
          body: JSON.stringify({
            client_name: `Client ${from + index} of ${newId()}`,
            redirect_uris: ["http://127.0.0.1/callback"],
            token_endpoint_auth_method: "none",
          }),
        }),
      ),
    );
    for (const answer of answers) {
      expect(answer.status).toBe(201);
      await answer.body?.cancel();
    }
  }
}

async function sweepAll(now: Date): Promise<void> {
  let swept: number;
  do swept = await sweepUnusedClients(now, BATCH);
  while (swept >= BATCH);
}

test("REG-08 REG-09 S11 S22: unused registrations go after a day; what was granted, is new, or is the operator's stays", async () => {
  const user = await insertUser();
  const tokens = await server.connect(user.id);
  const unused = (await server.register({ client_name: "Unused" })).json.client_id;
  const confidential = (await server.register({ client_name: "Secret", token_endpoint_auth_method: undefined })).json
    .client_id;
  await db().oAuthClient.create({
    data: { id: "operator", kind: "preregistered", metadata: {}, createdAt: new Date(0) },
  });
  // Years later, with a grant that is still refreshed.
  await db().oAuthClient.updateMany({ where: { id: tokens.clientId }, data: { createdAt: new Date(0) } });
  await db().clientDocument.create({
    data: { clientId: "https://unused.example/c.json", document: {}, fetchedAt: new Date(0) },
  });
  const tokensOfRegistration = { where: { model: "RegistrationAccessToken" } };
  expect(await db().oAuthArtifact.count(tokensOfRegistration)).toBe(1);

  expect(await sweepUnusedClients(new Date(Date.now() + UNUSED_MS - 60_000), BATCH)).toBe(1);
  expect(await db().clientDocument.count()).toBe(0);
  expect(await db().oAuthClient.count({ where: { id: { in: [unused, confidential] } } })).toBe(2);

  expect(await sweepUnusedClients(new Date(Date.now() + UNUSED_MS + 60_000), BATCH)).toBe(2);
  expect(await db().oAuthClient.count({ where: { id: { in: [unused, confidential] } } })).toBe(0);
  expect(await db().oAuthArtifact.count(tokensOfRegistration)).toBe(0);
  expect(await db().oAuthClient.count({ where: { id: { in: ["operator", tokens.clientId] } } })).toBe(2);
  const refreshed = await server.refresh(tokens.clientId, tokens.refresh_token);
  expect(refreshed.status).toBe(200);
  expect((await sendRpc(server.url(), refreshed.json.access_token, "tools/list")).status).toBe(200);

  // An installation that kept a swept id registers anew, and is the same client.
  expect((await server.register({ client_name: "Unused" })).json.client_id).toBe(unused);
});

test("REG-08: who registers again puts off the sweep, so that nobody loses a client in the middle of a consent", async () => {
  const id = (await server.register({ client_name: "Again" })).json.client_id;
  await db().oAuthClient.updateMany({ where: { id }, data: { createdAt: new Date(Date.now() - 2 * DAY_MS) } });
  await server.register({ client_name: "Again" });
  await sweepUnusedClients(new Date(), BATCH);
  expect(await db().oAuthClient.count({ where: { id } })).toBe(1);
});

test("REG-08 S22 attack 20: 2,000 registrations and 100,000 rows leave with a sweep, and the table stays bounded", async () => {
  await sweepAll(new Date(Date.now() + 2 * DAY_MS));
  const kept = await db().oAuthClient.count();
  await registerDistinct(2_000);
  await db().$executeRaw`
    INSERT INTO oauth_clients (id, kind, metadata, created_at)
    SELECT 'psc_' || gen_random_uuid(), 'registered', '{"client_name":"bulk"}', now() - interval '1 hour'
    FROM generate_series(1, 100000)`;
  expect(await db().oAuthClient.count()).toBe(kept + 102_000);
  await sweepAll(new Date());
  expect(await db().oAuthClient.count()).toBe(kept + 102_000);
  await sweepAll(new Date(Date.now() + UNUSED_MS + 60_000));
  expect(await db().oAuthClient.count()).toBe(kept);
  await registerDistinct(100);
  await sweepAll(new Date(Date.now() + UNUSED_MS + 60_000));
  expect(await db().oAuthClient.count()).toBe(kept);
}, 120_000);
