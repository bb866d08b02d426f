import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { db } from "#lib/db.ts";
import { codeChallenge, testAuthorizationServer } from "#test/authorization-server.ts";
import { testDatabase } from "#test/database.ts";

const PUBLIC_URL = "https://auth.example.org";
const API_URL = "https://api.example.org";
const MCP_URL = "https://mcp.example.org";

testDatabase();
const server = testAuthorizationServer({ PUBLIC_URL, API_URL, MCP_URL, CIMD: "off", DCR: "off" });
const AS = "/.well-known/oauth-authorization-server";
const FORGED = {
  "X-Forwarded-Host": "evil.example",
  "X-Forwarded-Proto": "http",
  "X-Forwarded-Port": "81",
  Forwarded: "host=evil.example;proto=http",
};

type Answer = { status: number; headers: IncomingHttpHeaders; body: string };
type Headers = Readonly<Record<string, string>>;

/** As a proxy that ends TLS would pass it on. */
function on(origin: string, path: string, headers: Headers = {}, method = "GET"): Promise<Answer> {
  const { port } = server.server().address() as AddressInfo;
  const all = { Host: new URL(origin).host, ...headers };
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, path, method, headers: all, agent: false };
    const request = httpRequest(options, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        body += chunk;
      });
      response.once("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    request.once("error", reject);
    request.end();
  });
}

const metadata = async (): Promise<Record<string, unknown>> => JSON.parse((await on(PUBLIC_URL, AS)).body);

/** Every text in a document that is a URL. */
function urls(value: unknown): string[] {
  if (typeof value === "string") return /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? [value] : [];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(urls) : [];
}

describe("behind https, with API and MCP on hosts of their own", () => {
  test("ASM-01 ASM-11 attack 34: every URL is absolute, https, and of the issuer, but for the resource", async () => {
    const document = await metadata();
    expect(document["issuer"]).toBe(PUBLIC_URL);
    const { protected_resources: resources, ...rest } = document;
    expect(resources).toEqual([`${MCP_URL}/mcp`]);
    const found = urls(rest);
    expect(found.length).toBeGreaterThanOrEqual(6);
    for (const url of found) expect(url === PUBLIC_URL || url.startsWith(`${PUBLIC_URL}/oauth/`)).toBe(true);
  });

  test("ASM-12 attack 34: what the request calls the host changes nothing; a foreign one is 421", async () => {
    for (const path of [AS, "/.well-known/openid-configuration", "/oauth/jwks", "/.well-known/nope"]) {
      const plain = await on(PUBLIC_URL, path);
      for (const headers of [FORGED, { "X-Forwarded-Host": "evil.example" }, { "X-Forwarded-Proto": "http" }]) {
        const answer = await on(PUBLIC_URL, path, headers);
        expect([path, answer.status, answer.body]).toEqual([path, plain.status, plain.body]);
      }
      for (const host of ["evil.example", "auth.example.org.evil.example", "auth.example.org:8443"]) {
        const foreign = await on(PUBLIC_URL, path, { Host: host });
        expect([foreign.status, foreign.body.includes("evil")]).toEqual([421, false]);
      }
    }
  });

  test("ASM-12: asked on another of our hosts, the document is the same", async () => {
    const { body } = await on(PUBLIC_URL, AS);
    for (const origin of [API_URL, MCP_URL]) expect((await on(origin, AS)).body).toBe(body);
  });

  test("BER-01 PRM-01 PRM-03 PRM-04: the challenge of the MCP host leads over its document to the issuer", async () => {
    const refused = await on(MCP_URL, "/mcp", FORGED, "POST");
    const address = /resource_metadata="([^"]+)"/.exec(String(refused.headers["www-authenticate"]))?.[1] ?? "";
    expect([refused.status, address]).toEqual([401, `${MCP_URL}/.well-known/oauth-protected-resource/mcp`]);
    const resource = JSON.parse((await on(MCP_URL, new URL(address).pathname)).body);
    expect(resource).toMatchObject({ resource: `${MCP_URL}/mcp`, authorization_servers: [PUBLIC_URL] });
    expect((await metadata())["issuer"]).toBe(resource.authorization_servers[0]);
  });

  test("BER-01: the challenge of the API host leads to a document there", async () => {
    const refused = await on(API_URL, "/v1/me");
    const address = /resource_metadata="([^"]+)"/.exec(String(refused.headers["www-authenticate"]))?.[1] ?? "";
    expect(address).toBe(`${API_URL}/.well-known/oauth-protected-resource`);
    expect(JSON.parse((await on(API_URL, new URL(address).pathname)).body)).toMatchObject({ resource: API_URL });
  });

  test("BCP-02: all of it promises https, and the cookies of an authorization are for https only", async () => {
    for (const path of [AS, "/oauth/jwks", "/oauth/nope", "/oauth/token"]) {
      expect((await on(PUBLIC_URL, path)).headers["strict-transport-security"]).toMatch(/^max-age=\d{8}/);
    }
    const redirect_uri = "https://app.example/callback";
    const metadata = { client_name: "App", redirect_uris: [redirect_uri], token_endpoint_auth_method: "none" };
    await db().oAuthClient.create({ data: { id: "app", kind: "preregistered", metadata } });
    const challenge = { code_challenge: codeChallenge("x".repeat(43)), code_challenge_method: "S256" };
    const query = { client_id: "app", response_type: "code", redirect_uri, state: "s", ...challenge };
    const sent = await on(PUBLIC_URL, `/oauth/authorize?${new URLSearchParams(query)}`, FORGED);
    expect(sent.headers.location).toMatch(/^\/consent\//);
    const cookies = sent.headers["set-cookie"] ?? [];
    expect(cookies.length).toBeGreaterThan(0);
    for (const cookie of cookies) expect(cookie).toMatch(/^__Secure-.*; secure(;|$)/i);
  });
});

describe("with registration and metadata documents off", () => {
  test("ASM-07 ASM-08 CIM-13: neither is advertised", async () => {
    const names = Object.keys(await metadata());
    expect(names).not.toContain("client_id_metadata_document_supported");
    expect(names).not.toContain("registration_endpoint");
    expect(names).toContain("token_endpoint");
  });

  test("ASM-11: an endpoint that is not advertised is not there", async () => {
    const answer = await on(PUBLIC_URL, "/oauth/register", { "Content-Type": "application/json" }, "POST");
    expect([answer.status, answer.headers["content-type"]]).toMatchObject([404, expect.stringContaining("json")]);
  });
});
