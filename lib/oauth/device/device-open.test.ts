import { expect, test } from "vitest";
import { newId } from "#lib/ids.ts";
import { testAuthorizationServer } from "#test/authorization-server.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { deviceState, enterDeviceCode } from "./device-approval.ts";

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

test.each([
  ["Claude Code", true],
  ["Cl\u00adaude” (verified) “", true],
  ["Curs0r", true],
  ["Memory Helper", false],
])("attack 20 DEV-05: a device that calls itself “%s” is a look-alike: %s", async (client_name, isLookAlike) => {
  const registered = await server.register({
    client_name,
    grant_types: [GRANT_TYPE, "refresh_token"],
    redirect_uris: [],
    response_types: [],
  });
  const asked = await server.post("/oauth/device", { client_id: registered.json.client_id });
  const { id: userId } = await insertUser();
  const actor = { kind: "user", userId, isAdministrator: false, sessionId: newId() } as const;
  const found = await deviceState(actor, await enterDeviceCode(actor, String(asked.json["user_code"])));
  expect(found).toMatchObject({ state: "open", device: { client: { trust: "unverified", isLookAlike } } });
});
