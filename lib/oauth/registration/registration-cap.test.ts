import { expect, test } from "vitest";
import { db } from "#lib/db.ts";
import { testAuthorizationServer } from "#test/authorization-server.ts";
import { testDatabase } from "#test/database.ts";
import { isRegistrationFull } from "./registration-cap.ts";

testDatabase();
const server = testAuthorizationServer();
const NAME = { client_name: "Came before" };

test("REG-10 attack 20: with 100,000 unused registrations no new client may register until some are gone; known ones may", async () => {
  expect((await server.register(NAME)).status).toBe(201);
  await db().$executeRaw`
    INSERT INTO oauth_clients (id, kind, metadata)
    SELECT 'psc_flood' || n, 'registered', '{}' FROM generate_series(1, 100000) n`;
  // Counted a minute ago at most.
  const now = Date.now();
  expect(await isRegistrationFull(now)).toBe(false);
  expect(await isRegistrationFull(now + 60_000)).toBe(true);
  const { status, headers, json } = await server.register({ client_name: "One more" });
  expect([status, headers.get("retry-after"), headers.get("access-control-allow-origin")]).toEqual([503, "3600", "*"]);
  expect(json).toMatchObject({ error: "temporarily_unavailable" });
  expect((await server.register(NAME)).status).toBe(201);
  // What was granted, and what the operator added, takes no room.
  await db().$executeRaw`UPDATE oauth_clients SET last_granted_at = now() WHERE id = 'psc_flood1'`;
  await db().$executeRaw`UPDATE oauth_clients SET kind = 'preregistered' WHERE id = 'psc_flood2'`;
  expect(await isRegistrationFull(now + 120_000)).toBe(false);
  expect((await server.register({ client_name: "One more" })).status).toBe(201);
});
