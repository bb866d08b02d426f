import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { connectDatabase, disconnectDatabase } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { type Answer, type Tokens, testAuthorizationServer } from "#test/authorization-server.ts";
import { askAuthorize, authorizeForm } from "#test/authorize-request.ts";
import { insertUser, testDatabase } from "#test/database.ts";

const database = testDatabase();
const server = testAuthorizationServer();
let clientId = "";
let secretClient: { client_id: string; client_secret?: string };
let userId = "";
let tokens: Tokens;

beforeAll(async () => {
  userId = (await insertUser()).id;
  clientId = (await server.register({ client_name: newId() })).json.client_id;
  const secret = { token_endpoint_auth_method: "client_secret_basic", client_name: newId() };
  secretClient = (await server.register(secret)).json;
  tokens = await server.connect(userId, { clientId });
});
afterEach(async () => {
  await disconnectDatabase();
  connectDatabase({ ...database.config(), max: 8 });
});

async function loseDatabase(): Promise<void> {
  await disconnectDatabase();
  connectDatabase({ host: "/nonexistent", user: "nobody", database: "none", connectionTimeoutMillis: 500 });
}

/** A client throws its credentials away on invalid_grant and invalid_client, and comes back on this. */
function expectUnavailable(answer: Answer<unknown>): void {
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "2"]);
  expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.headers.get("access-control-allow-origin")).toBe("*");
  expect(JSON.parse(answer.text)).toEqual({ error: "temporarily_unavailable", error_description: expect.any(String) });
}

describe("TOK-09: without the database", () => {
  test("the token endpoint is 503 with Retry-After, whatever is presented, and nothing is lost", async () => {
    const { code, verifier } = await server.authorize({ clientId, userId });
    await loseDatabase();
    expectUnavailable(await server.exchange(clientId, code, verifier));
    expectUnavailable(await server.refresh(clientId, tokens.refresh_token));
    expectUnavailable(await server.refresh("psc_unknown", tokens.refresh_token));
    const authorization = `Basic ${Buffer.from(`${secretClient.client_id}:wrong`).toString("base64")}`;
    const form = { grant_type: "refresh_token", refresh_token: "psr_x" };
    expectUnavailable(await server.post("/oauth/token", form, { authorization, origin: "https://app.example" }));
    await disconnectDatabase();
    connectDatabase({ ...database.config(), max: 8 });
    expect((await server.exchange(clientId, code, verifier)).status).toBe(200);
    const refreshed = await server.refresh(clientId, tokens.refresh_token);
    expect(refreshed.status).toBe(200);
    tokens = refreshed.json;
  });

  /** The connection breaks at each of the statements of a request in turn: `pg` sees it as the server going away. */
  test("when it goes away in the middle of a refresh, at whichever statement, the answer is 503 or tokens", async () => {
    const { default: pg } = await import("pg");
    // Two: what a transaction sees of pg_stat_activity stays as it saw it first.
    const admin = new pg.Client(database.config());
    const locker = new pg.Client({ ...database.config(), application_name: "locker" });
    await Promise.all([admin.connect(), locker.connect()]);
    const endOthers = (where: string) =>
      admin.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name <> 'locker' ${where}`,
      );
    const statuses = new Set<number>();
    try {
      for (let round = 0; round < 12; round += 1) {
        const running = server.refresh(clientId, tokens.refresh_token);
        await new Promise((resolve) => setTimeout(resolve, round));
        await endOthers("");
        const answer = await running;
        statuses.add(answer.status);
        if (answer.status !== 200) expectUnavailable(answer);
      }
      // In the middle of the write for certain: it waits for this lock.
      await locker.query("BEGIN");
      await locker.query("SELECT 1 FROM oauth_artifacts WHERE model = 'RefreshToken' FOR UPDATE");
      // A request that meets a connection from before ends sooner, and is sent again.
      for (let ended = 0; ended === 0; ) {
        let isRunning = true;
        const running = server.refresh(clientId, tokens.refresh_token).finally(() => {
          isRunning = false;
        });
        while (isRunning && ended === 0) ended = (await endOthers("AND wait_event_type = 'Lock'")).rowCount ?? 0;
        const answer = await running;
        statuses.add(answer.status);
        expectUnavailable(answer);
      }
      await locker.query("COMMIT");
    } finally {
      await Promise.all([admin.end(), locker.end()]);
    }
    expect([...statuses].sort()).toEqual([200, 503]);
    // Within its grace the token is still good.
    await expect.poll(async () => (await server.refresh(clientId, tokens.refresh_token)).status).toBe(200);
  });

  test("the authorization endpoint says so too, and to nobody that the client is unknown", async () => {
    await loseDatabase();
    const answer = await askAuthorize(server.url(), authorizeForm(server.url(), clientId));
    expect([answer.status, answer.location]).toEqual([503, undefined]);
    expect(answer.headers.get("retry-after")).toBe("2");
    expect(JSON.parse(answer.text)).toMatchObject({
      error: expect.stringMatching(/^(server_error|temporarily_unavailable)$/),
    });
  });
});
