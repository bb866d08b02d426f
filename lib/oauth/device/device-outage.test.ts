import { afterEach, beforeAll, expect, test } from "vitest";
import { OPERATOR } from "#lib/audit/actor.ts";
import { createClient } from "#lib/clients/create-client.ts";
import { connectDatabase, disconnectDatabase } from "#lib/db.ts";
import { codeChallenge, REDIRECT_URI, testAuthorizationServer } from "#test/authorization-server.ts";
import { testDatabase } from "#test/database.ts";

const database = testDatabase();
const server = testAuthorizationServer();
const grant = { grant_type: "urn:ietf:params:oauth:grant-type:device_code" };
let client: { client_id: string };
let deviceCode = "";

beforeAll(async () => {
  const kind = { isConfidential: false, isResourceServer: false };
  const { id } = await createClient(OPERATOR, { name: "Terminal", redirectUris: [REDIRECT_URI], ...kind });
  client = { client_id: id };
  const { json } = await server.post("/oauth/device", client);
  deviceCode = String(json["device_code"]);
});
afterEach(async () => {
  await disconnectDatabase();
  connectDatabase({ ...database.config(), max: 8 });
});

test("TOK-09 DEV-02 PAR-01: without the database devices and pushed requests are told to come again, and lose nothing", async () => {
  await disconnectDatabase();
  connectDatabase({ host: "/nonexistent", user: "nobody", database: "none", connectionTimeoutMillis: 500 });
  const pushed = { response_type: "code", redirect_uri: REDIRECT_URI, code_challenge: codeChallenge("x".repeat(43)) };
  const answers = [
    await server.post("/oauth/device", client),
    await server.post("/oauth/par", { ...client, ...pushed, code_challenge_method: "S256" }),
    await server.post("/oauth/token", { ...client, ...grant, device_code: deviceCode }),
  ];
  for (const { status, headers, json } of answers) {
    expect([status, headers.get("retry-after"), headers.get("access-control-allow-origin")]).toEqual([503, "2", "*"]);
    expect(json["error"]).toBe("temporarily_unavailable");
  }
  await disconnectDatabase();
  connectDatabase({ ...database.config(), max: 8 });
  const polled = await server.post("/oauth/token", { ...client, ...grant, device_code: deviceCode });
  expect(polled.json["error"]).toBe("authorization_pending");
});
