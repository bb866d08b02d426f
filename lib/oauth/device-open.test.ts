import { expect, test } from "vitest";
import { testAuthorizationServer } from "#test/authorization-server.ts";
import { testDatabase } from "#test/database.ts";

testDatabase();
const server = testAuthorizationServer({ DEVICE_FLOW: "open" });
const GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code";

test("DEV-05: with DEVICE_FLOW=open a client that registers itself may use the device grant, if it registers it", async () => {
  const registered = await server.register({
    grant_types: [GRANT_TYPE, "refresh_token"],
    redirect_uris: [],
    response_types: [],
  });
  expect([registered.status, registered.text]).toEqual([201, expect.stringContaining(GRANT_TYPE)]);
  const asked = await server.post("/oauth/device", { client_id: registered.json.client_id });
  expect([asked.status, asked.json["interval"]]).toEqual([200, 5]);
  const other = await server.register();
  const refused = await server.post("/oauth/device", { client_id: other.json.client_id });
  expect([refused.status, refused.json["error"]]).toEqual([400, "unauthorized_client"]);
});
