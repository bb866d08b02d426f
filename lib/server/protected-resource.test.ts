import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "#test/free-port.ts";
import { parseEnv } from "../env.ts";
import { frontDoor } from "./front-door.ts";
import { type HttpServer, httpServer } from "./http-server.ts";
import { PROTECTED_RESOURCE } from "./protected-resource.ts";

type Answer = { status: number; headers: IncomingHttpHeaders; body: string; json(): Record<string, unknown> };
type Headers = Readonly<Record<string, string>>;

/** A server with neither authorization server nor pages: a gateway on its own serves these documents too. */
async function open(variables: Headers = {}): Promise<{ http: HttpServer; port: number }> {
  const port = await freePort();
  const environment = parseEnv({ PORT: String(port), ...variables });
  const parts = { gateway: undefined, authorizationServer: undefined, pages: undefined, isReady: async () => true };
  const http = httpServer(environment, frontDoor(environment, parts));
  await http.listen();
  return { http, port };
}

function ask(port: number, path: string, headers: Headers = {}, method = "GET"): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: "127.0.0.1", port, path, headers, method, agent: false }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        body += chunk;
      });
      const { statusCode: status = 0 } = response;
      response.once("end", () => resolve({ status, headers: response.headers, body, json: () => JSON.parse(body) }));
    });
    request.once("error", reject);
    request.end();
  });
}

describe("on one origin", () => {
  let opened: Awaited<ReturnType<typeof open>>;
  let url: string;
  beforeAll(async () => {
    opened = await open();
    url = `http://localhost:${opened.port}`;
  });
  afterAll(() => opened.http.drain(1_000));
  const get = (path: string, headers: Headers = {}, method = "GET") => ask(opened.port, path, headers, method);

  test("PRM-01 PRM-04 PRM-05 PRM-06 S06: the document of the MCP address names exactly it, the issuer, and what to ask for", async () => {
    const { status, headers, json } = await get(`${PROTECTED_RESOURCE}/mcp`);
    expect([status, headers["content-type"]]).toEqual([200, "application/json"]);
    expect(json()).toEqual({
      resource: `${url}/mcp`,
      authorization_servers: [url],
      scopes_supported: ["mcp"],
      bearer_methods_supported: ["header"],
      dpop_signing_alg_values_supported: ["EdDSA", "Ed25519", "ES256"],
      resource_name: "Pensyve",
    });
  });

  test("PRM-02: the document of the bare origin names the origin", async () => {
    const root = await get(PROTECTED_RESOURCE);
    expect([root.status, root.json()]).toMatchObject([200, { resource: url, authorization_servers: [url] }]);
  });

  test("PRM-11: nothing optional is promised that does not hold", async () => {
    const names = Object.keys((await get(`${PROTECTED_RESOURCE}/mcp`)).json());
    for (const name of ["dpop_bound_access_tokens_required", "resource_signing_alg_values_supported"]) {
      expect(names).not.toContain(name);
    }
  });

  test("PRM-07 S18: any page may read it, after any preflight, and no cookie counts", async () => {
    const asked = {
      Origin: "https://inspector.example",
      "Access-Control-Request-Method": "GET",
      "Access-Control-Request-Headers": "mcp-protocol-version,authorization,content-type",
    };
    for (const path of [`${PROTECTED_RESOURCE}/mcp`, PROTECTED_RESOURCE, `${PROTECTED_RESOURCE}/nope`]) {
      const preflight = await get(path, asked, "OPTIONS");
      expect([path, preflight.status, preflight.headers["access-control-allow-origin"]]).toEqual([path, 204, "*"]);
      const allowed = String(preflight.headers["access-control-allow-headers"]).toLowerCase().split(/, */);
      expect(allowed).toEqual(expect.arrayContaining(["mcp-protocol-version", "authorization", "content-type"]));
      expect(String(preflight.headers["access-control-allow-methods"])).toContain("GET");
      const answer = await get(path, { Origin: "https://inspector.example" });
      expect(answer.headers["access-control-allow-origin"]).toBe("*");
      for (const { headers } of [preflight, answer]) {
        expect(headers["access-control-allow-credentials"]).toBeUndefined();
        expect(headers["set-cookie"]).toBeUndefined();
      }
    }
  });

  test("PRM-08 S14: any other suffix is 404 in JSON: no other resource, no page, no redirect", async () => {
    const suffixes = ["/nope", "/mcp/", "/mcp/x", "/MCP", "/v1", "/", "//mcp", "/%6dcp", "/mcp%00", "/..%2f", "/mcp;x"];
    for (const suffix of suffixes) {
      for (const accept of ["application/json", "text/html"]) {
        const answer = await get(PROTECTED_RESOURCE + suffix, { Accept: accept });
        expect([suffix, answer.status, answer.headers.location]).toEqual([suffix, 404, undefined]);
        expect(answer.headers["content-type"]).toContain("application/json");
        expect(answer.json()).toMatchObject({ error: "not_found", detail: expect.any(String) });
        expect(answer.headers["cache-control"]).toBe("no-store");
      }
    }
    expect((await get(`${PROTECTED_RESOURCE}/mcp?x=/nope`)).status).toBe(200);
  });

  test("PRM-09: it may be kept for minutes, by anybody", async () => {
    const cached = String((await get(`${PROTECTED_RESOURCE}/mcp`)).headers["cache-control"]);
    expect(cached).toMatch(/^public, max-age=\d+$/);
    const seconds = Number(/\d+/.exec(cached)?.[0]);
    expect([seconds >= 60, seconds <= 3_600]).toEqual([true, true]);
  });

  test("PRM-10: no credential is looked at, however wrong, and nobody asks too often", async () => {
    const wrong = ["Bearer psy_wrong", "Bearer x.y.z", "Basic !!", "nonsense"];
    for (const authorization of wrong) {
      const { status, headers } = await get(`${PROTECTED_RESOURCE}/mcp`, { authorization });
      expect([status, headers["www-authenticate"], headers.location]).toEqual([200, undefined, undefined]);
    }
    const answers = await Promise.all(Array.from({ length: 200 }, () => get(`${PROTECTED_RESOURCE}/mcp`)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });

  test("PRM-01: HEAD is GET without a body; other methods are 405", async () => {
    const [head, get200] = [await get(`${PROTECTED_RESOURCE}/mcp`, {}, "HEAD"), await get(`${PROTECTED_RESOURCE}/mcp`)];
    expect([head.status, head.body, head.headers["content-length"]]).toEqual([
      200,
      "",
      String(Buffer.byteLength(get200.body)),
    ]);
    for (const method of ["POST", "PUT", "DELETE", "PATCH"]) {
      const answer = await get(`${PROTECTED_RESOURCE}/mcp`, {}, method);
      expect([answer.status, answer.headers.allow]).toEqual([405, "GET, HEAD, OPTIONS"]);
      expect(answer.json()).toMatchObject({ error: "method_not_allowed" });
    }
  });

  test("PRM-03: under another loopback name it still names the configured one", async () => {
    for (const name of ["127.0.0.1", "[::1]", "LOCALHOST"]) {
      const headers = { Host: `${name}:${opened.port}` };
      expect((await get(`${PROTECTED_RESOURCE}/mcp`, headers)).json()).toMatchObject({ resource: `${url}/mcp` });
      expect((await get(PROTECTED_RESOURCE, headers)).json()).toMatchObject({ resource: url });
    }
  });
});

describe("behind https, on three hosts", () => {
  const PUBLIC_URL = "https://auth.example.org";
  const API_URL = "https://api.example.org";
  const MCP_URL = "https://mcp.example.org";
  let opened: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    opened = await open({ PUBLIC_URL, API_URL, MCP_URL });
  });
  afterAll(() => opened.http.drain(1_000));
  const on = (origin: string, path: string, headers: Headers = {}) =>
    ask(opened.port, path, { Host: new URL(origin).host, ...headers });

  test("PRM-02 PRM-03 PRM-04: each host describes itself, and all name the one issuer", async () => {
    for (const origin of [PUBLIC_URL, API_URL, MCP_URL]) {
      const root = (await on(origin, PROTECTED_RESOURCE)).json();
      expect(root).toMatchObject({ resource: origin, authorization_servers: [PUBLIC_URL] });
    }
    const mcp = (await on(MCP_URL, `${PROTECTED_RESOURCE}/mcp`)).json();
    expect(mcp).toMatchObject({ resource: `${MCP_URL}/mcp`, authorization_servers: [PUBLIC_URL] });
  });

  test("PRM-03 S17 attack 34: no URL comes from the request: a foreign Host is 421, forwarded names change nothing", async () => {
    const forged = {
      "X-Forwarded-Host": "evil.example",
      "X-Forwarded-Proto": "http",
      "X-Forwarded-Port": "81",
      "X-Original-Host": "evil.example",
      Forwarded: "host=evil.example;proto=http",
    };
    for (const path of [PROTECTED_RESOURCE, `${PROTECTED_RESOURCE}/mcp`, `${PROTECTED_RESOURCE}/nope`]) {
      const plain = await on(MCP_URL, path);
      const answer = await on(MCP_URL, path, forged);
      expect([answer.status, answer.body]).toEqual([plain.status, plain.body]);
      expect(answer.body).not.toMatch(/evil|http:/);
      const foreign = await ask(opened.port, path, { Host: "evil.example" });
      expect(foreign.status).toBe(421);
      expect(foreign.body).not.toContain("evil");
    }
  });

  test("BCP-02: the promise to come back over https only is made on every host", async () => {
    for (const origin of [PUBLIC_URL, API_URL, MCP_URL]) {
      for (const path of [PROTECTED_RESOURCE, `${PROTECTED_RESOURCE}/nope`]) {
        expect((await on(origin, path)).headers["strict-transport-security"]).toMatch(/^max-age=\d{8}/);
      }
    }
  });
});

test("BCP-02: plain http is accepted for loopback hosts only, and not promised away there", async () => {
  for (const name of ["PUBLIC_URL", "API_URL", "MCP_URL"]) {
    expect(() => parseEnv({ [name]: "http://auth.example.org" })).toThrow(/https/);
    expect(() => parseEnv({ [name]: "http://localhost:3000" })).not.toThrow();
  }
  const { http, port } = await open();
  expect((await ask(port, PROTECTED_RESOURCE)).headers["strict-transport-security"]).toBeUndefined();
  await http.drain(1_000);
});
