import { expect, test } from "vitest";
import { OPERATOR } from "#lib/audit/actor.ts";
import { createClient } from "#lib/clients/create-client.ts";
import { testAuthorizationServer } from "#test/authorization-server.ts";
import { insertUser, testDatabase } from "#test/database.ts";

testDatabase();
const server = testAuthorizationServer({ DEVICE_FLOW: "off" });
const GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code";

test("DEV-05: with DEVICE_FLOW=off nothing offers the device flow, and clients that have it work without it", async () => {
  const redirectUris = ["http://127.0.0.1/callback"];
  const kind = { isConfidential: false, isResourceServer: false };
  const { id } = await createClient(OPERATOR, { name: "Terminal", redirectUris, ...kind });
  const metadata = await (await fetch(`${server.url()}/.well-known/oauth-authorization-server`)).json();
  expect(metadata.device_authorization_endpoint).toBeUndefined();
  expect(metadata.grant_types_supported).not.toContain(GRANT_TYPE);
  const asked = await server.post("/oauth/device", { client_id: id });
  expect([asked.status, asked.json["error"]]).toEqual([404, "not_found"]);
  const form = { grant_type: GRANT_TYPE, client_id: id, device_code: "a" };
  expect((await server.post("/oauth/token", form)).json).toMatchObject({ error: "unsupported_grant_type" });
  const user = await insertUser();
  const tokens = await server.connect(user.id, { clientId: id });
  expect(tokens.scope).toContain("mcp");
});
