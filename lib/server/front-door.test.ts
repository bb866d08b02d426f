import { request as httpRequest, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "#test/free-port.ts";
import { parseEnv } from "../env.ts";
import { requestAddress } from "./client-address.ts";
import { frontDoor, type Handler } from "./front-door.ts";
import { type HttpServer, httpServer } from "./http-server.ts";
import { startProcessMetrics } from "./metrics.ts";

type Answer = { status: number; headers: IncomingMessage["headers"]; body: string };

/** Answers with what it was given, so that a test sees what the part behind the door sees. */
const echo: Handler = (request, response) => {
  response.setHeader("Content-Type", "application/json");
  const { headers, rawHeaders, url } = request;
  response.end(JSON.stringify({ headers, rawHeaders, url, address: requestAddress(request) }));
};

async function open(variables: Record<string, string> = {}): Promise<{ http: HttpServer; port: number }> {
  const port = await freePort();
  const environment = parseEnv({ PORT: String(port), ...variables });
  const parts = { gateway: echo, authorizationServer: undefined, pages: echo, isReady: () => Promise.resolve(true) };
  const http = httpServer(environment, frontDoor(environment, parts));
  await http.listen();
  return { http, port };
}

function ask(
  port: number,
  path: string,
  headers: Record<string, string | string[]> = {},
  host = "127.0.0.1",
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host, port, path, headers, agent: false }, (response) => {
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

/** Sends bytes as they are and returns the first answer. */
function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    socket.setEncoding("utf8").once("data", (chunk: string) => {
      resolve(chunk);
      socket.destroy();
    });
    socket.once("close", () => resolve(""));
    socket.once("error", reject);
  });
}

describe("the front door on loopback", () => {
  let opened: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    startProcessMetrics();
    opened = await open({ METRICS_TOKEN: "0123456789abcdef" });
  });
  afterAll(() => opened.http.drain(1_000));

  test.each(["localhost", "127.0.0.1", "[::1]", "LOCALHOST"])("attack 35: the host %s is its own", async (name) => {
    expect((await ask(opened.port, "/keys", { Host: `${name}:${opened.port}` })).status).toBe(200);
  });

  test("a browser that opens another loopback name is sent to PUBLIC_URL, where cookies and forms work", async () => {
    const navigate = { "Sec-Fetch-Mode": "navigate" };
    const url = `http://localhost:${opened.port}`;
    for (const name of ["127.0.0.1", "[::1]"]) {
      const { status, headers } = await ask(opened.port, "/keys?x=1", { Host: `${name}:${opened.port}`, ...navigate });
      expect([status, headers.location]).toEqual([307, `${url}/keys?x=1`]);
    }
    expect((await ask(opened.port, "/keys", { Host: `LOCALHOST:${opened.port}`, ...navigate })).status).toBe(200);
  });

  test("both loopback addresses answer", async () => {
    expect((await ask(opened.port, "/health", {}, "::1")).body).toBe("ok");
    expect((await ask(opened.port, "/health", {}, "127.0.0.1")).body).toBe("ok");
  });

  test.each(["evil.example", "evil.example:3000", "localhost", "localhost:1", "127.0.0.1.evil.example"])(
    "attack 35: the host %j gets 421 on every path but the probes",
    async (host) => {
      for (const path of ["/v1/me", "/mcp", "/openapi.json", "/.well-known/x", "/oauth/token", "/api/auth/session"]) {
        const { status, body } = await ask(opened.port, path, { Host: host });
        expect([path, status]).toEqual([path, 421]);
        expect(JSON.parse(body)).toMatchObject({ error: "misdirected_request", detail: expect.any(String) });
      }
      const page = await ask(opened.port, "/keys", { Host: host });
      expect(page.status).toBe(421);
      expect(page.headers["content-type"]).toBe("text/plain; charset=utf-8");
      expect((await ask(opened.port, "/health", { Host: host })).status).toBe(200);
      expect((await ask(opened.port, "/ready", { Host: host })).body).toBe("ready");
    },
  );

  test("attack 35: two Host headers, or a second host in the target, are not chosen between", async () => {
    const own = `127.0.0.1:${opened.port}`;
    const two = `GET /keys HTTP/1.1\r\nHost: ${own}\r\nHost: evil.example\r\nConnection: close\r\n\r\n`;
    expect(await raw(opened.port, two)).toMatch(/^HTTP\/1\.1 4(00|21) /);
    const none = "GET /keys HTTP/1.0\r\n\r\n";
    expect(await raw(opened.port, none)).toMatch(/^HTTP\/1\.1 421 /);
    const absolute = `GET http://evil.example/keys HTTP/1.1\r\nHost: ${own}\r\nConnection: close\r\n\r\n`;
    expect(await raw(opened.port, absolute)).toMatch(/^HTTP\/1\.1 400 /);
    for (const path of ["//evil.example/keys", "/\\evil.example"]) {
      expect((await ask(opened.port, path, { Host: own })).status).toBe(400);
    }
  });

  test("attack 29, 37: pages see no header that only proxies and Next's own parts may send", async () => {
    const hostile = {
      Host: `localhost:${opened.port}`,
      "X-Middleware-Subrequest": "middleware:middleware:middleware",
      "X-Middleware-Rewrite": "https://evil.example",
      "X-Internal-Token": "1",
      "X-Forwarded-Host": "evil.example",
      "X-Forwarded-Proto": "gopher",
      "X-Forwarded-For": "6.6.6.6",
      "X-Real-Ip": "6.6.6.6",
      Forwarded: "for=6.6.6.6;host=evil.example",
      "X-Pensyve-Client-Address": "6.6.6.6",
      "X-Original-Url": "/keys",
      "X-Request-Id": "evil",
      "Next-Action": "abc",
    };
    const seen = JSON.parse((await ask(opened.port, "/keys", hostile)).body);
    expect(seen.headers).toEqual({
      host: `localhost:${opened.port}`,
      "x-forwarded-host": `localhost:${opened.port}`,
      "x-forwarded-proto": "http",
      "x-forwarded-port": String(opened.port),
      "x-forwarded-for": "127.0.0.1",
      "x-pensyve-client-address": "127.0.0.1",
      "next-action": "abc",
      "x-request-id": expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(JSON.stringify(seen.rawHeaders)).not.toMatch(/evil|6\.6\.6\.6|subrequest/i);
  });

  test("attack 31: a request that asks to leave HTTP is answered as if it had not asked", async () => {
    // Next listens for upgrades in development; then Node would wait for somebody to take the socket.
    opened.http.server.on("upgrade", () => undefined);
    for (const [path, upgrade] of [
      ["/v1/me", "h2c"],
      ["/mcp", "websocket"],
      ["/keys", "websocket"],
    ]) {
      const headers = `Host: localhost:${opened.port}\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: ${upgrade}\r\n`;
      const answer = await raw(opened.port, `GET ${path} HTTP/1.1\r\n${headers}HTTP2-Settings: AAMAAABkAAQ\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    }
  });

  test("what is not HTTP gets a JSON error", async () => {
    const malformed = await raw(opened.port, "GET / HTTP/1.1\r\nBad Header\r\n\r\n");
    expect(malformed).toMatch(/^HTTP\/1\.1 400 [\s\S]*\{"error":"invalid_request"/);
    const large = await raw(opened.port, `GET / HTTP/1.1\r\nHost: localhost\r\nX-A: ${"a".repeat(20_000)}\r\n\r\n`);
    expect(large).toMatch(/^HTTP\/1\.1 431 [\s\S]*\{"error":"invalid_request"/);
  });

  test("discovery documents that do not exist are JSON that any origin may read", async () => {
    for (const path of ["/.well-known/openid-configuration", "/oauth/register"]) {
      const { status, headers, body } = await ask(opened.port, path, { Host: `localhost:${opened.port}` });
      expect([status, headers["access-control-allow-origin"]]).toEqual([404, "*"]);
      expect(JSON.parse(body)).toMatchObject({ error: "not_found", message: expect.any(String) });
    }
  });

  test("metrics are for the bearer of METRICS_TOKEN", async () => {
    expect((await ask(opened.port, "/metrics")).status).toBe(401);
    expect((await ask(opened.port, "/metrics", { Authorization: "Bearer 0123456789abcdeg" })).status).toBe(401);
    const { status, body } = await ask(opened.port, "/metrics", { Authorization: "Bearer 0123456789abcdef" });
    expect(status).toBe(200);
    expect(body).toMatch(/^pensyve_http_responses_total\{class="4xx"\} \d+$/m);
  });
});

describe("the front door behind proxies", () => {
  let opened: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    opened = await open({
      PUBLIC_URL: "https://auth.example.org",
      API_URL: "https://api.example.org",
      TRUST_PROXY: "1",
    });
  });
  afterAll(() => opened.http.drain(1_000));

  test("the hosts of PUBLIC_URL and API_URL are its own, loopback is not", async () => {
    for (const host of ["auth.example.org", "auth.example.org:443", "api.example.org"]) {
      expect((await ask(opened.port, "/v1/me", { Host: host })).status).toBe(200);
    }
    for (const host of [`localhost:${opened.port}`, "auth.example.org:8443"]) {
      expect((await ask(opened.port, "/v1/me", { Host: host })).status).toBe(421);
    }
  });

  test("the client's address is the entry that the proxy appended", async () => {
    const headers = { Host: "auth.example.org", "X-Forwarded-For": "6.6.6.6, 203.0.113.9" };
    for (const path of ["/v1/me", "/keys"]) {
      expect(JSON.parse((await ask(opened.port, path, headers)).body).address).toBe("203.0.113.9");
    }
    const page = JSON.parse((await ask(opened.port, "/keys", headers)).body);
    expect(page.headers).toMatchObject({ host: "auth.example.org", "x-forwarded-proto": "https" });
  });

  test("metrics without METRICS_TOKEN do not exist where a proxy stands in front", async () => {
    expect((await ask(opened.port, "/metrics")).status).toBe(404);
  });
});

test("draining lets a request in flight finish and takes no new one", async () => {
  const port = await freePort();
  let finish = () => {};
  let arrived = () => {};
  const inFlight = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const http = httpServer({ port, host: undefined }, (_request, response) => {
    finish = () => response.end("finished");
    arrived();
  });
  await http.listen();
  const answer = ask(port, "/");
  await inFlight;
  const drained = http.drain(10_000);
  await expect(ask(port, "/")).rejects.toThrow();
  finish();
  expect(await answer).toMatchObject({ body: "finished", headers: { connection: "close" } });
  await drained;
});

test("a port in use is said in one line", async () => {
  const port = await freePort();
  const first = httpServer({ port, host: undefined }, (_request, response) => response.end());
  await first.listen();
  const second = httpServer({ port, host: undefined }, (_request, response) => response.end());
  await expect(second.listen()).rejects.toThrow(new RegExp(`^Port ${port} is in use\\. .*PORT`));
  await first.drain(0);
});
