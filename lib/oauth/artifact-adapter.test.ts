import { expect, test } from "vitest";
import { db } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { testAuthorizationServer } from "#test/authorization-server.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { artifactAdapter } from "./artifact-adapter.ts";

testDatabase();
const server = testAuthorizationServer();
const refreshTokens = artifactAdapter("RefreshToken", 0);
const keep = (id: string, grantId: string) => refreshTokens.upsert(id, { kind: "RefreshToken", grantId }, 60);

test("REF-11: nothing is kept for a grant that has ended meanwhile, so that what is given out all the same is refused", async () => {
  const { grantId } = await server.connect((await insertUser()).id);
  await keep("alive", grantId);
  expect(await refreshTokens.find("alive")).toMatchObject({ grantId });
  const before = await db().oAuthArtifact.count({ where: { grantId } });
  await db().oAuthGrant.update({ where: { id: grantId }, data: { revokedAt: new Date() } });
  await keep("late", grantId);
  await keep("made up", newId());
  expect(await refreshTokens.find("late")).toBeUndefined();
  expect(await refreshTokens.find("made up")).toBeUndefined();
  expect(await db().oAuthArtifact.count({ where: { grantId } })).toBe(before);
});
