import { expect, test } from "vitest";
import { db } from "#lib/db.ts";
import { parseEnv } from "#lib/env.ts";
import { testAuthorizationServer } from "#test/authorization-server.ts";
import { insertUser, testDatabase } from "#test/database.ts";

testDatabase();
const server = testAuthorizationServer({ REFRESH_GRACE: "0" });
const invalidGrant = { status: 400, json: { error: "invalid_grant" } };

test("REF-04: the grace is 60 s unless set, from 0 to 300", () => {
  expect(parseEnv({}).refreshGraceSeconds).toBe(60);
  for (const value of ["0", "300"]) expect(parseEnv({ REFRESH_GRACE: value }).refreshGraceSeconds).toBe(Number(value));
  for (const value of ["-1", "301", "60.5", "x"])
    expect(() => parseEnv({ REFRESH_GRACE: value })).toThrow(/REFRESH_GRACE/);
});

test("REF-03 REF-04: without grace a second use ends the grant", async () => {
  const { clientId, refresh_token, grantId } = await server.connect((await insertUser()).id);
  const first = await server.refresh(clientId, refresh_token);
  expect(first.status).toBe(200);
  expect(await server.refresh(clientId, refresh_token)).toMatchObject(invalidGrant);
  expect(await server.refresh(clientId, first.json.refresh_token)).toMatchObject(invalidGrant);
  expect(await db().auditEvent.count({ where: { targetId: grantId, action: "refresh_token.reused" } })).toBe(1);
});

test("REF-03 attack 14: without grace, of 10 uses at once at most one succeeds, and the grant ends", async () => {
  const { clientId, refresh_token, grantId } = await server.connect((await insertUser()).id);
  const answers = await Promise.all(Array.from({ length: 10 }, () => server.refresh(clientId, refresh_token)));
  const won = answers.filter(({ status }) => status === 200);
  expect(won).toHaveLength(1);
  for (const lost of answers.filter(({ status }) => status !== 200)) expect(lost).toMatchObject(invalidGrant);
  expect(await server.refresh(clientId, won[0]?.json.refresh_token ?? "")).toMatchObject(invalidGrant);
  const grant = await db().oAuthGrant.findUniqueOrThrow({ where: { id: grantId } });
  expect(grant.revokedBy).toBe("reuse");
});
