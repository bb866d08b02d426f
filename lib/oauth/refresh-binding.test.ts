import { beforeAll, beforeEach, expect, test } from "vitest";
import { db } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { testAuthorizationServer, tokenClaims } from "#test/authorization-server.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { REFRESH_TOKEN_PREFIX } from "./refresh-token.ts";
import { secretHash } from "./secret-hash.ts";

testDatabase();
const server = testAuthorizationServer();
let clientId = "";
let userId = "";
let tokens: Awaited<ReturnType<typeof server.connect>>;

const register = async (metadata: Record<string, unknown> = {}) =>
  (await server.register({ client_name: newId(), ...metadata })).json;
beforeAll(async () => {
  userId = (await insertUser()).id;
});
beforeEach(async () => {
  clientId = (await register()).client_id;
  tokens = await server.connect(userId, { clientId });
});

const invalidGrant = { status: 400, json: { error: "invalid_grant" } };
const refresh = (token: string, more = {}) => server.refresh(clientId, token, more);
const rowOf = (token: string) =>
  db().oAuthArtifact.findUnique({ where: { model_idHash: { model: "RefreshToken", idHash: secretHash(token) } } });

test("REF-08: scope may narrow; wider is invalid_scope, and the token is not used up", async () => {
  const user = await insertUser();
  const narrow = await server.connect(user.id, {
    clientId,
    scope: "mcp:read mcp:write",
    parameters: { scope: "mcp" },
  });
  for (const scope of ["mcp", "mcp:read mcp", "admin"]) {
    expect(await refresh(narrow.refresh_token, { scope })).toMatchObject({
      status: 400,
      json: { error: "invalid_scope" },
    });
    expect((await rowOf(narrow.refresh_token))?.consumedAt).toBeNull();
  }
  const { status, json } = await refresh(narrow.refresh_token, { scope: "mcp:read" });
  expect([status, json.scope, tokenClaims(json.access_token)["scope"]]).toEqual([200, "mcp:read", "mcp:read"]);
  // Narrowed for one access token, not for the grant (RFC 6749 section 6).
  expect((await refresh(json.refresh_token)).json.scope).toBe("mcp:read mcp:write");
});

test("REF-10 TOK-05 attack 15: another client cannot use it, with or without a secret, and does not use it up", async () => {
  const other = (await register()).client_id;
  const secret = await register({ token_endpoint_auth_method: "client_secret_post" });
  expect(await server.refresh(other, tokens.refresh_token)).toMatchObject(invalidGrant);
  const withSecret = { client_secret: secret.client_secret ?? "" };
  expect(await server.refresh(secret.client_id, tokens.refresh_token, withSecret)).toMatchObject(invalidGrant);
  expect((await rowOf(tokens.refresh_token))?.consumedAt).toBeNull();
  expect((await refresh(tokens.refresh_token)).status).toBe(200);
});

test("REF-10 attack 15: that of a client with a secret is nothing without the secret", async () => {
  const secret = await register({ token_endpoint_auth_method: "client_secret_post" });
  const { code, verifier } = await server.authorize({ clientId: secret.client_id, userId });
  const more = { client_secret: secret.client_secret ?? "" };
  const { refresh_token } = (await server.exchange(secret.client_id, code, verifier, more)).json;
  expect(await server.refresh(secret.client_id, refresh_token)).toMatchObject({
    status: 401,
    json: { error: "invalid_client" },
  });
  expect((await server.refresh(secret.client_id, refresh_token, more)).status).toBe(200);
});

test("attack 3: cut, changed or prolonged, it is another one", async () => {
  const good = tokens.refresh_token;
  const changed = [...good].map(
    (character, at) => good.slice(0, at) + (character === "A" ? "B" : "A") + good.slice(at + 1),
  );
  for (const wrong of [
    ...changed.slice(0, 40),
    good.slice(0, -1),
    good.slice(1),
    `${good}A`,
    ` ${good}`,
    good.toUpperCase(),
  ]) {
    expect(await refresh(wrong)).toMatchObject(invalidGrant);
  }
  expect((await refresh(good)).status).toBe(200);
});

test("REF-10: no value of a code or token, nor any half of it, is anywhere in the database", async () => {
  expect(tokens.refresh_token.startsWith(REFRESH_TOKEN_PREFIX)).toBe(true);
  const open = await server.authorize({ clientId, userId });
  const unused = await server.authorize({ clientId, userId });
  const more = (await server.exchange(clientId, open.code, open.verifier)).json;
  const renewed = (await refresh(tokens.refresh_token)).json;
  const secrets = [
    open.code,
    unused.code,
    open.verifier,
    ...[tokens, more, renewed].flatMap((each) => [each.access_token, each.refresh_token]),
  ];
  const tables = await db().$queryRaw<{ name: string }[]>`
    SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`;
  expect(tables.length).toBeGreaterThan(10);
  let rows = 0;
  for (const { name } of tables) {
    const found = await db().$queryRawUnsafe<{ text: string }[]>(`SELECT t::text AS text FROM "${name}" t`);
    rows += found.length;
    for (const { text } of found) {
      for (const secret of secrets) {
        for (const part of [secret.slice(0, 24), secret.slice(-24)]) {
          // Beginnings of JWTs are the same for all: header and issuer.
          if (part.startsWith("eyJ")) continue;
          expect(text).not.toContain(part);
          expect(text).not.toContain(Buffer.from(part).toString("hex"));
        }
      }
    }
  }
  expect(rows).toBeGreaterThan(10);
});
