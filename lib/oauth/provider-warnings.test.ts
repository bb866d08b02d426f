import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { OPERATOR } from "#lib/audit/actor.ts";
import { createClient } from "#lib/clients/create-client.ts";
import { newId } from "#lib/ids.ts";
import { REDIRECT_URI, testAuthorizationServer } from "#test/authorization-server.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { allowDevice, enterDeviceCode } from "./device/device-approval.ts";

const said: string[] = [];
const onWarning = (warning: Error) => said.push(`process: ${warning.message}`);
// Before the server starts: the library speaks of some things when it is built, and of others once, when it meets them.
beforeAll(() => {
  for (const method of ["log", "info", "warn", "error"] as const) {
    vi.spyOn(console, method).mockImplementation(
      (...words: unknown[]) => void said.push(`${method}: ${words.join(" ")}`),
    );
  }
  process.on("warning", onWarning);
});
afterAll(() => {
  vi.restoreAllMocks();
  process.off("warning", onWarning);
});

testDatabase();
const server = testAuthorizationServer();

test("ASM-12 BCP-01: the library has nothing to warn of, when it is built and while every part of it is used", async () => {
  const user = await insertUser();
  const tokens = await server.connect(user.id);
  await server.refresh(tokens.clientId, tokens.refresh_token);
  const pushed = { response_type: "code", redirect_uri: REDIRECT_URI, code_challenge: "x".repeat(43) };
  await server.post("/oauth/par", { client_id: tokens.clientId, code_challenge_method: "S256", ...pushed });
  const { id, secret = "" } = await createClient(OPERATOR, {
    name: "Gateway",
    redirectUris: [],
    isConfidential: true,
    isResourceServer: true,
  });
  const authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;
  const introspected = await server.post("/oauth/introspect", { token: tokens.access_token }, { authorization });
  expect(introspected.json["active"]).toBe(true);
  await server.post("/oauth/revoke", { client_id: tokens.clientId, token: tokens.refresh_token });
  const { id: deviceId } = await createClient(OPERATOR, {
    name: "Terminal",
    redirectUris: [REDIRECT_URI],
    isConfidential: false,
    isResourceServer: false,
  });
  const asked = await server.post("/oauth/device", { client_id: deviceId });
  const actor = { kind: "user", userId: user.id, isAdministrator: false, sessionId: newId() } as const;
  const entered = await enterDeviceCode(actor, String(asked.json["user_code"]));
  await allowDevice(actor, { ...entered, scope: "mcp" }, new Date());
  const polled = await server.post("/oauth/token", {
    grant_type: "urn:ietf:params:oauth:grant-type:device_code",
    client_id: deviceId,
    device_code: String(asked.json["device_code"]),
  });
  expect(polled.status).toBe(200);
  await fetch(`${server.url()}/oauth/authorize?client_id=nobody`);
  // Ours goes to the standard streams as JSON, not through the console.
  expect(said).toEqual([]);
});
