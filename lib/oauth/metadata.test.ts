import * as oauth from "oauth4webapi";
import { describe, expect, test } from "vitest";
import { newId } from "#lib/ids.ts";
import { testAuthorizationServer } from "#test/authorization-server.ts";
import { testDatabase } from "#test/database.ts";

testDatabase();
const server = testAuthorizationServer();
const insecure = { [oauth.allowInsecureRequests]: true };
const AS = "/.well-known/oauth-authorization-server";
const DOCUMENTS = [AS, "/.well-known/openid-configuration", "/oauth/jwks"];
const INSPECTOR = "https://inspector.example";

const get = (path: string, init: RequestInit = {}) => fetch(`${server.url()}${path}`, { redirect: "manual", ...init });
const metadata = async (): Promise<Record<string, unknown>> => (await get(AS)).json();

describe("authorization server metadata", () => {
  test("ASM-01 ASM-02: a strict client takes both documents, which say the same, with exactly the issuer", async () => {
    const issuer = new URL(server.url());
    const bodies: unknown[] = [];
    for (const algorithm of ["oauth2", "oidc"] as const) {
      const response = await oauth.discoveryRequest(issuer, { algorithm, ...insecure });
      const document = await oauth.processDiscoveryResponse(issuer, response);
      expect(document.issuer).toBe(server.url());
      bodies.push(document);
    }
    expect(bodies[1]).toEqual(bodies[0]);
    expect((await get(AS)).headers.get("content-type")).toContain("application/json");
  });

  test("ASM-04 ASM-05 ASM-06 ASM-10 BCP-01: it offers what clients look for, and nothing that OAuth 2.1 dropped", async () => {
    const document = await metadata();
    expect(document).toMatchObject({
      code_challenge_methods_supported: ["S256"],
      authorization_response_iss_parameter_supported: true,
      response_types_supported: ["code"],
    });
    const methods = ["none", "client_secret_basic", "client_secret_post", "private_key_jwt"];
    expect(document["token_endpoint_auth_methods_supported"]).toEqual(methods);
    const grants = document["grant_types_supported"] as string[];
    expect(grants).toEqual(expect.arrayContaining(["authorization_code", "refresh_token"]));
    const taken = new Set(["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"]);
    expect(grants.filter((grant) => !taken.has(grant))).toEqual([]);
    for (const algorithms of Object.entries(document).filter(([name]) => /_alg(_values)?_supported$/.test(name))) {
      expect(algorithms[1]).not.toContain("none");
    }
  });

  test("ASM-06 ASM-07 S16: documents are taken as clients, and a client without a secret may use them", async () => {
    const document = await metadata();
    expect(document["client_id_metadata_document_supported"]).toBe(true);
    expect(document["token_endpoint_auth_methods_supported"]).toContain("none");
  });

  test("ASM-09: scopes are the catalogue, offline_access and openid", async () => {
    const scopes = (await metadata())["scopes_supported"] as string[];
    expect(new Set(scopes)).toEqual(new Set(["openid", "offline_access", "mcp", "mcp:read", "mcp:write"]));
  });

  test("ASM-17 PRM-01: the resource and its authorization server name each other", async () => {
    const document = await metadata();
    expect(document["protected_resources"]).toEqual([`${server.url()}/mcp`]);
    const resource = new URL(`${server.url()}/mcp`);
    const answer = await oauth.resourceDiscoveryRequest(resource, insecure);
    const described = await oauth.processResourceDiscoveryResponse(resource, answer);
    expect(described.authorization_servers).toEqual([document["issuer"]]);
  });

  test("ASM-08 ASM-11: every endpoint that is named exists, and none that is not", async () => {
    const document = await metadata();
    const endpoints = {
      token_endpoint: "/oauth/token",
      registration_endpoint: "/oauth/register",
      revocation_endpoint: "/oauth/revoke",
      introspection_endpoint: "/oauth/introspect",
      pushed_authorization_request_endpoint: "/oauth/par",
    };
    for (const [name, path] of Object.entries(endpoints)) {
      expect([name, document[name]]).toEqual([name, `${server.url()}${path}`]);
      const { status } = await get(path, { method: "POST" });
      expect([name, status >= 400 && status !== 404 && status < 500]).toEqual([name, true]);
    }
    const device = document["device_authorization_endpoint"];
    expect([undefined, `${server.url()}/oauth/device`]).toContain(device);
    const answer = await get("/oauth/device", { method: "POST" });
    expect(answer.status === 404).toBe(device === undefined);
    const grants = document["grant_types_supported"] as string[];
    expect(grants.includes("urn:ietf:params:oauth:grant-type:device_code")).toBe(device !== undefined);
    for (const name of ["userinfo_endpoint", "end_session_endpoint", "backchannel_authentication_endpoint"]) {
      expect(Object.keys(document)).not.toContain(name);
    }
    expect((await get("/oauth/end")).status).toBe(404);
  });

  test("ASM-01: HEAD is GET without a body; other methods are 405 in JSON", async () => {
    for (const path of DOCUMENTS) {
      const [head, whole] = [await get(path, { method: "HEAD" }), await get(path)];
      expect([head.status, await head.text()]).toEqual([200, ""]);
      expect(head.headers.get("content-length")).toBe(String((await whole.arrayBuffer()).byteLength));
      for (const method of ["POST", "PUT", "DELETE"]) {
        const answer = await get(path, { method });
        expect([answer.status, answer.headers.get("allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
        expect(await answer.json()).toMatchObject({ error: "method_not_allowed" });
      }
    }
  });

  test("ASM-13 S18: any page may read metadata and keys, after any preflight, without credentials", async () => {
    for (const path of DOCUMENTS) {
      const preflight = await get(path, {
        method: "OPTIONS",
        headers: {
          origin: INSPECTOR,
          "access-control-request-method": "GET",
          "access-control-request-headers": "mcp-protocol-version",
        },
      });
      expect([path, preflight.status]).toEqual([path, 204]);
      expect(preflight.headers.get("access-control-allow-headers")?.toLowerCase()).toContain("mcp-protocol-version");
      const answer = await get(path, { headers: { origin: INSPECTOR, "mcp-protocol-version": "2026-07-28" } });
      for (const { headers } of [preflight, answer]) {
        expect(["*", INSPECTOR]).toContain(headers.get("access-control-allow-origin"));
        expect(headers.get("access-control-allow-credentials")).toBeNull();
        expect(headers.get("set-cookie")).toBeNull();
      }
    }
  });

  test("S18: preflights of all that a browser client calls are answered, with mcp-protocol-version", async () => {
    const { token_endpoint, registration_endpoint, revocation_endpoint } = await metadata();
    for (const endpoint of [token_endpoint, registration_endpoint, revocation_endpoint, `${server.url()}/mcp`]) {
      const preflight = await fetch(String(endpoint), {
        method: "OPTIONS",
        headers: {
          origin: server.url(),
          "access-control-request-method": "POST",
          "access-control-request-headers": "authorization, content-type, mcp-protocol-version",
        },
      });
      expect([endpoint, preflight.status]).toEqual([endpoint, 204]);
      expect(preflight.headers.get("access-control-allow-origin")).toMatch(/^(\*|http:\/\/localhost:\d+)$/);
      const allowed = preflight.headers.get("access-control-allow-headers")?.toLowerCase() ?? "";
      for (const name of ["authorization", "content-type", "mcp-protocol-version"]) expect(allowed).toContain(name);
    }
  });

  test("ASM-14: metadata and keys may be kept for five minutes, refusals not at all", async () => {
    for (const path of DOCUMENTS) {
      const { headers } = await get(path);
      expect(headers.get("cache-control")).toBe("public, max-age=300");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
    }
    expect((await get(`${AS}/nope`)).headers.get("cache-control")).toBe("no-store");
  });

  test("ASM-15 S14: whatever else is asked for below the well-known paths and /oauth is 404 in JSON, never a page", async () => {
    const paths = [
      "/.well-known",
      "/.well-known/",
      "/.well-known/nope",
      `${AS}/`,
      `${AS}/mcp`,
      "/.well-known/openid-configuration/mcp",
      "/.well-known/oauth-authorization-server.json",
      "/.well-known/jwks.json",
      "/oauth",
      "/oauth/",
      "/oauth/nope",
      "/oauth/.well-known/openid-configuration",
      "/oauth/jwks/",
      "/oauth/jwks/x",
      "/oauth/userinfo",
    ];
    for (const path of paths) {
      for (const accept of ["application/json", "text/html,*/*"]) {
        const answer = await get(path, { headers: { accept } });
        expect([path, answer.status, answer.headers.get("location")]).toEqual([path, 404, null]);
        expect(answer.headers.get("content-type")).toContain("application/json");
        expect(await answer.json()).toMatchObject({ error: "not_found" });
      }
    }
  });

  test("ASM-16: the key set is public, and every key says what it is for", async () => {
    const { jwks_uri } = await metadata();
    expect(jwks_uri).toBe(`${server.url()}/oauth/jwks`);
    const { keys } = (await (await fetch(String(jwks_uri))).json()) as { keys: Record<string, string>[] };
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) {
      expect(Object.keys(key).sort()).toEqual(["alg", "crv", "kid", "kty", "use", "x"]);
      expect(key).toMatchObject({ kty: "OKP", crv: "Ed25519", alg: "EdDSA", use: "sig", kid: expect.any(String) });
    }
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(keys.length);
  });
});

describe("from a challenge to the token endpoint", () => {
  test("BER-01 S17 PRM-04: whoever is refused finds every document on the way, whatever the method", async () => {
    for (const method of ["GET", "POST", "DELETE", "HEAD", "PUT"]) {
      const refused = await get("/mcp", { method });
      expect([method, refused.status]).toEqual([method, 401]);
      const challenges = refused.headers.get("www-authenticate") ?? "";
      expect(challenges.split(", DPoP")[0]).not.toContain("error=");
      expect(challenges).toMatch(/^Bearer .*scope="mcp"/);
      const address = /resource_metadata="([^"]+)"/.exec(challenges)?.[1] ?? "";
      expect(address).toBe(`${server.url()}/.well-known/oauth-protected-resource/mcp`);
      const resource = (await (await fetch(address)).json()) as { resource: string; authorization_servers: string[] };
      expect(resource.resource).toBe(`${server.url()}/mcp`);
      const [issuer = ""] = resource.authorization_servers;
      const document = (await (await fetch(`${issuer}${AS}`)).json()) as Record<string, string>;
      expect([document["issuer"], document["token_endpoint"]]).toEqual([issuer, `${issuer}/oauth/token`]);
    }
  });

  test("BER-01: the challenge on /v1 leads to a document too, of the origin", async () => {
    const challenges = (await get("/v1/me")).headers.get("www-authenticate") ?? "";
    const address = /resource_metadata="([^"]+)"/.exec(challenges)?.[1] ?? "";
    expect(await (await fetch(address)).json()).toMatchObject({ resource: server.url() });
  });
});

describe("hardening", () => {
  test("BCP-01: no implicit grant, no password grant, no wildcard in a redirect URI", async () => {
    const clientId = (await server.register({ client_name: newId() })).json.client_id;
    const password = { grant_type: "password", username: "a", password: "b", client_id: clientId };
    const refused = await server.post("/oauth/token", password);
    expect([refused.status, refused.json["error"]]).toEqual([400, "unsupported_grant_type"]);
    const query = { client_id: clientId, redirect_uri: "http://127.0.0.1/callback", state: "s" };
    for (const response_type of ["token", "id_token", "code token", "id_token token"]) {
      const answer = await get(`/oauth/authorize?${new URLSearchParams({ ...query, response_type })}`);
      const location = answer.headers.get("location") ?? "";
      expect(`${location} ${await answer.text()}`).not.toMatch(/access_token=|id_token=|\/consent\//);
    }
    for (const uri of ["https://*.example.org/callback", "https://example.org/*", "*"]) {
      const { status } = await server.register({ client_name: "Wildcard", redirect_uris: [uri] });
      expect([uri, status]).toEqual([uri, 400]);
    }
  });

  test("BCP-03: nothing under the issuer's origin sends a browser to an address from the request", async () => {
    const clientId = (await server.register({ client_name: newId() })).json.client_id;
    const evil = "https://evil.example/";
    const foreign = { response_type: "code", client_id: clientId, redirect_uri: evil, state: "s" };
    const unknown = { ...foreign, client_id: "nobody" };
    const everything = {
      next: evil,
      returnTo: evil,
      callbackUrl: evil,
      redirect: evil,
      post_logout_redirect_uri: evil,
    };
    const paths = [
      `/oauth/authorize?${new URLSearchParams(foreign)}`,
      `/oauth/authorize?${new URLSearchParams(unknown)}`,
      `/oauth/authorize?${new URLSearchParams(everything)}`,
      `/oauth/end?${new URLSearchParams(everything)}`,
      `/oauth/authorize/x?${new URLSearchParams(everything)}`,
      `/oauth//evil.example`,
      `/oauth/%5Cevil.example`,
      `/.well-known//evil.example/`,
    ];
    for (const path of paths) {
      const answer = await get(path);
      expect([path, answer.status >= 400, answer.headers.get("location")]).toEqual([path, true, null]);
    }
  });
});
