import { expect, test } from "vitest";
import { testAuthorizationServer } from "#test/authorization-server.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { documentHost } from "#test/document-host.ts";
import { sendRpc } from "#test/gateway.ts";
import { chatgpt } from "./chatgpt.ts";
import { introduce, replay } from "./replay.ts";

testDatabase();
const host = documentHost();
const server = testAuthorizationServer({}, host.fetch);

test("S10 TOK-05: a refresh token that is over is invalid_grant with 400, each time, so that the client stops and asks the person", async () => {
  const user = await insertUser();
  const tokens = await server.connect(user.id);
  const revoked = await server.post("/oauth/revoke", { client_id: tokens.clientId, token: tokens.refresh_token });
  expect(revoked.status).toBe(200);
  for (const dead of [tokens.refresh_token, "never-was", tokens.refresh_token]) {
    const { status, json, headers } = await server.refresh(tokens.clientId, dead);
    expect([status, json]).toEqual([400, expect.objectContaining({ error: "invalid_grant" })]);
    expect(headers.get("content-type")).toContain("application/json");
    expect(headers.get("retry-after")).toBeNull();
  }
});

test("S16 ASM-06 ASM-07: documents are offered together with the method none, which is when hosted clients use theirs", async () => {
  const metadata = await (await fetch(`${server.url()}/.well-known/oauth-authorization-server`)).json();
  expect(metadata).toMatchObject({
    client_id_metadata_document_supported: true,
    token_endpoint_auth_methods_supported: expect.arrayContaining(["none"]),
  });
});

test("S20 ASM-05 attack 24: iss is advertised and sent, and both callbacks of ChatGPT are taken", async () => {
  const metadata = await (await fetch(`${server.url()}/.well-known/oauth-authorization-server`)).json();
  expect(metadata).toMatchObject({ authorization_response_iss_parameter_supported: true });
  const user = await insertUser();
  const [client] = await introduce(chatgpt, server, host);
  if (!client) throw new Error("no client");
  for (const redirectUri of client.registered) {
    const { location } = await replay(server, client, user.id, { redirectUri, scope: "mcp", resource: "exact" });
    expect(location.searchParams.get("iss")).toBe(server.url());
  }
  expect(client.registered).toHaveLength(2);
});

test("S25 PRM-01 PRM-02: whichever of the two addresses a person has typed, the document found there leads to a token that works", async () => {
  const user = await insertUser();
  for (const suffix of ["", "/mcp"]) {
    const found = await fetch(`${server.url()}/.well-known/oauth-protected-resource${suffix}`);
    const { resource } = (await found.json()) as { resource: string };
    expect(resource).toBe(`${server.url()}${suffix}`);
    const tokens = await server.connect(user.id, { parameters: { resource } });
    expect((await sendRpc(server.url(), tokens.access_token, "tools/list")).status).toBe(200);
  }
});
