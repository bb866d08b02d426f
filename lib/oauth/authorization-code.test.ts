import * as oauth from "oauth4webapi";
import { expect, test } from "vitest";
import { REDIRECT_URI, testAuthorizationServer, tokenClaims } from "#test/authorization-server.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { sendRpc } from "#test/gateway.ts";

testDatabase();
const server = testAuthorizationServer();
const insecure = { [oauth.allowInsecureRequests]: true };

test("AUT-01 JWT-01 REF-01: a strict client goes from discovery to a refreshed token, and the gateway takes both", async () => {
  const issuer = new URL(server.url());
  const discovered = await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...insecure });
  const as = await oauth.processDiscoveryResponse(issuer, discovered);
  const { json: registered } = await server.register({ scope: "mcp claudeai" });
  const client: oauth.Client = { client_id: registered.client_id };
  const user = await insertUser();
  const {
    code: _,
    verifier,
    location,
  } = await server.authorize({
    clientId: client.client_id,
    userId: user.id,
    scope: "mcp:read",
  });
  const parameters = oauth.validateAuthResponse(as, client, location, "state");
  const answer = await oauth.authorizationCodeGrantRequest(
    as,
    client,
    oauth.None(),
    parameters,
    REDIRECT_URI,
    verifier,
    insecure,
  );
  const tokens = await oauth.processAuthorizationCodeResponse(as, client, answer);
  expect(tokens).toMatchObject({ token_type: "bearer", expires_in: 3600, scope: "mcp:read" });
  expect(tokenClaims(tokens.access_token)).toMatchObject({
    iss: server.url(),
    aud: `${server.url()}/mcp`,
    sub: user.id,
    scope: "mcp:read",
  });
  expect((await sendRpc(server.url(), tokens.access_token, "tools/list")).status).toBe(200);
  const renewed = await oauth.refreshTokenGrantRequest(as, client, oauth.None(), tokens.refresh_token ?? "", insecure);
  const refreshed = await oauth.processRefreshTokenResponse(as, client, renewed);
  expect(refreshed.refresh_token).not.toBe(tokens.refresh_token);
  expect((await sendRpc(server.url(), refreshed.access_token, "tools/list")).status).toBe(200);
});
