import * as oauth from "oauth4webapi";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { OPERATOR } from "#lib/audit/actor.ts";
import { createClient } from "#lib/clients/create-client.ts";
import { db } from "#lib/db.ts";
import { codeChallenge, cookieJar, REDIRECT_URI, testAuthorizationServer } from "#test/authorization-server.ts";
import { insertUser, testDatabase } from "#test/database.ts";

testDatabase();
const server = testAuthorizationServer();
const insecure = { [oauth.allowInsecureRequests]: true };

let as: oauth.AuthorizationServer;
let client: oauth.Client;
beforeAll(async () => {
  const issuer = new URL(server.url());
  as = await oauth.processDiscoveryResponse(
    issuer,
    await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...insecure }),
  );
});
beforeEach(async () => {
  client = { client_id: (await server.register({ client_name: `Client ${Math.random()}` })).json.client_id };
});

const VERIFIER = oauth.generateRandomCodeVerifier();
const parameters = (more: Record<string, string> = {}) => ({
  response_type: "code",
  redirect_uri: REDIRECT_URI,
  code_challenge: codeChallenge(VERIFIER),
  code_challenge_method: "S256",
  state: "state",
  scope: "mcp:read",
  resource: `${server.url()}/mcp`,
  ...more,
});

async function push(more: Record<string, string> = {}): Promise<string> {
  const response = await oauth.pushedAuthorizationRequest(as, client, oauth.None(), parameters(more), insecure);
  expect(response.status).toBe(201);
  const { request_uri, expires_in } = await oauth.processPushedAuthorizationResponse(as, client, response);
  expect(expires_in).toBe(60);
  return request_uri;
}

/** Where a browser gets with a pushed request: our consent page, or the status and text of the refusal. */
async function open(
  requestUri: string,
  more: Record<string, string> = {},
): Promise<{ status: number; to: string; text: string }> {
  const address = new URL(`${server.url()}/oauth/authorize`);
  address.search = new URLSearchParams({ client_id: client.client_id, request_uri: requestUri, ...more }).toString();
  const { status, headers, text } = await cookieJar().get(address);
  return { status, to: headers.get("location") ?? "", text };
}

/** The error of a refused request, which may be told to the client at an address that it registered, and nowhere else. */
function refusal({ status, to, text }: Awaited<ReturnType<typeof open>>, redirectUri = REDIRECT_URI): string {
  if (to === "") {
    expect(status).toBe(400);
    return String(JSON.parse(text).error);
  }
  const { origin, pathname, searchParams } = new URL(to);
  expect(origin + pathname).toBe(redirectUri);
  expect(searchParams.has("code")).toBe(false);
  return searchParams.get("error") ?? "none";
}

test("PAR-01: a strict client pushes its request, a person consents to what was pushed, and it works once", async () => {
  expect(as.pushed_authorization_request_endpoint).toBe(`${server.url()}/oauth/par`);
  const requestUri = await push();
  const user = await insertUser();
  // What stands outside of the pushed request is not looked at (RFC 9126 section 4, RFC 9101 section 6.3).
  const { location } = await server.authorize({
    clientId: client.client_id,
    userId: user.id,
    scope: "mcp:read",
    parameters: {
      request_uri: requestUri,
      state: "other",
      scope: "mcp",
      code_challenge: codeChallenge("x".repeat(43)),
    },
  });
  const answer = oauth.validateAuthResponse(as, client, location, "state");
  const response = await oauth.authorizationCodeGrantRequest(
    as,
    client,
    oauth.None(),
    answer,
    REDIRECT_URI,
    VERIFIER,
    insecure,
  );
  const tokens = await oauth.processAuthorizationCodeResponse(as, client, response);
  expect(tokens.scope).toBe("mcp:read");
  expect(refusal(await open(requestUri))).toBe("invalid_request_uri");
});

test("PAR-01: no wider scope can be allowed than was pushed", async () => {
  const requestUri = await push();
  const user = await insertUser();
  const wide = {
    clientId: client.client_id,
    userId: user.id,
    scope: "mcp",
    parameters: { request_uri: requestUri, scope: "mcp" },
  };
  await expect(server.authorize(wide)).rejects.toMatchObject({ code: "invalid_input" });
});

test("PAR-01: another client's request is refused, and so is one that expired or was made up", async () => {
  const requestUri = await push();
  expect((await open(requestUri)).to).toMatch(/^\/consent\//);
  const otherRedirect = "http://localhost/other";
  const other = (await server.register({ client_name: "Another", redirect_uris: [otherRedirect] })).json.client_id;
  for (const [uri, clientId, error] of [
    [requestUri, other, "invalid_request_object"],
    [`${requestUri}x`, client.client_id, "invalid_request_uri"],
    ["urn:ietf:params:oauth:request_uri:made-up", client.client_id, "invalid_request_uri"],
    ["https://client.example/request", client.client_id, "request_uri_not_supported"],
  ] as const) {
    const answer = await open(uri, { client_id: clientId });
    expect([uri, refusal(answer, clientId === other ? otherRedirect : REDIRECT_URI)]).toEqual([uri, error]);
  }
  await db().oAuthArtifact.updateMany({
    where: { model: "PushedAuthorizationRequest" },
    data: { expiresAt: new Date(Date.now() - 1) },
  });
  expect(refusal(await open(requestUri))).toBe("invalid_request_uri");
});

test("PAR-01: a bad request is refused when it is pushed, in JSON; nothing is stored", async () => {
  const cases = [
    [{ redirect_uri: "https://evil.example/callback" }, "invalid_request"],
    [{ code_challenge_method: "plain" }, "invalid_request"],
    [{ resource: "https://other.example/mcp" }, "invalid_target"],
    [{ response_type: "token" }, "unsupported_response_type"],
    [{ request_uri: "urn:ietf:params:oauth:request_uri:nested" }, "request_uri_not_supported"],
  ] as const;
  const before = await db().oAuthArtifact.count({ where: { model: "PushedAuthorizationRequest" } });
  for (const [more, error] of cases) {
    const { status, json, headers } = await server.post(
      "/oauth/par",
      { client_id: client.client_id, ...parameters(more) },
      { accept: "text/html" },
    );
    expect([more, status, json["error"]]).toEqual([more, 400, error]);
    expect(headers.get("content-type")).toMatch(/^application\/json/);
  }
  expect(await db().oAuthArtifact.count({ where: { model: "PushedAuthorizationRequest" } })).toBe(before);
});

test("PAR-01: a confidential client has to prove who it is", async () => {
  const created = await createClient(OPERATOR, {
    name: "Web app",
    redirectUris: [REDIRECT_URI],
    isConfidential: true,
    isResourceServer: false,
  });
  const own: oauth.Client = { client_id: created.id };
  const right = oauth.ClientSecretBasic(created.secret ?? "");
  expect((await oauth.pushedAuthorizationRequest(as, own, right, parameters(), insecure)).status).toBe(201);
  for (const wrong of [oauth.ClientSecretBasic("wrong"), oauth.None()]) {
    expect((await oauth.pushedAuthorizationRequest(as, own, wrong, parameters(), insecure)).status).toBe(401);
  }
});

test("PAR-01: nobody has to push", async () => {
  expect(as.require_pushed_authorization_requests ?? false).toBe(false);
  const user = await insertUser();
  const { location } = await server.authorize({ clientId: client.client_id, userId: user.id });
  expect(location.searchParams.get("code")).toBeTruthy();
});

test("TOK-07: the PAR endpoint answers programs of any page in JSON, and POST alone", async () => {
  const preflight = await fetch(`${server.url()}/oauth/par`, { method: "OPTIONS" });
  expect([preflight.status, preflight.headers.get("access-control-allow-origin")]).toEqual([204, "*"]);
  const get = await fetch(`${server.url()}/oauth/par`);
  expect([get.status, get.headers.get("allow"), (await get.json()).error]).toEqual([
    405,
    "POST, OPTIONS",
    "method_not_allowed",
  ]);
  const unknown = await server.post("/oauth/par", { client_id: "nobody" }, { accept: "text/html" });
  expect([unknown.status, unknown.json["error"]]).toEqual([401, "invalid_client"]);
  expect(unknown.headers.get("access-control-allow-origin")).toBe("*");
  const large = await server.post("/oauth/par", { client_id: "x".repeat(60_000) });
  expect([large.status, large.json["error"]]).toEqual([413, "invalid_request"]);
});
