import { connect } from "node:net";
import { beforeAll, describe, expect, it } from "vitest";
import { db } from "#lib/db.ts";
import { generateKey } from "#lib/keys/key-format.ts";
import { scopeAllows } from "#lib/scopes.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { insertKey, send, testGateway } from "#test/gateway.ts";
import { OPERATIONS } from "./operations.ts";

testDatabase();
const gateway = testGateway({
  MCP_URL: "https://mcp.example.org",
  API_URL: "https://api.example.org",
  ALLOWED_ORIGINS: "https://app.example.org",
});
let key = "";
let userId = "";

beforeAll(async () => {
  userId = (await insertUser()).id;
  key = (await insertKey(userId)).key;
});

const url = () => gateway.url();
const MCP_METADATA = 'resource_metadata="https://mcp.example.org/.well-known/oauth-protected-resource/mcp"';

/** Sends header lines as they are, and reads the whole answer. */
function sendLines(lines: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const { port, hostname } = new URL(url());
    const socket = connect(Number(port), hostname, () => {
      socket.write(["GET /v1/me HTTP/1.1", ...lines, "Connection: close", "", ""].join("\r\n"));
    });
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("close", () => resolve(text));
    socket.on("error", reject);
  });
}
const raw = async (lines: string[]): Promise<number> =>
  Number((await sendLines(["Host: localhost", ...lines])).slice(9, 12));

describe("without a credential", () => {
  it.each(["GET", "POST", "DELETE", "PUT", "PATCH", "OPTIONS"])(
    "BER-01: %s /mcp is 401 with the challenge",
    async (method) => {
      const answer = await send(url(), method, "/mcp");
      expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([
        401,
        // Two header lines, Bearer's first; fetch joins them (standards DPO-03).
        `Bearer scope="mcp", ${MCP_METADATA}, DPoP algs="EdDSA Ed25519 ES256"`,
      ]);
      expect(answer.json).toMatchObject({ error: "unauthorized", detail: expect.any(String) });
    },
  );

  it("BER-02: 401 comes before everything else that could be wrong", async () => {
    const wrong: [string, string, string | undefined, string][] = [
      ["GET", "/v1/nothing", undefined, ""],
      ["PUT", "/v1/recall", "x", "text/plain"],
      ["POST", "/v1/recall", "{", "application/json"],
      ["POST", "/mcp", "{", "text/plain"],
      ["POST", "/v1/recall", "a".repeat(3_000_000), "application/json"],
      ["GET", "/v1/recall?access_token=abc", undefined, ""],
    ];
    for (const [method, path, body, type] of wrong) {
      const answer = await send(
        url(),
        method,
        path,
        body === undefined ? {} : { body, headers: { "content-type": type } },
      );
      expect([method, path, answer.status]).toEqual([method, path, 401]);
    }
  });

  it("DPO-03: DPoP is offered after Bearer, in its own header line", async () => {
    for (const credential of [[], ["Authorization: Bearer psy_wrong"], ["Authorization: DPoP wrong"]]) {
      const text = await sendLines(["Host: localhost", ...credential]);
      const lines = text.split("\r\n").filter((line) => /^www-authenticate:/i.test(line));
      expect(lines).toEqual([
        expect.stringMatching(/^WWW-Authenticate: Bearer .*resource_metadata="[^"]*"$/),
        'WWW-Authenticate: DPoP algs="EdDSA Ed25519 ES256"',
      ]);
    }
  });

  it("LEG-10: initialize is checked like everything else", async () => {
    const body = { jsonrpc: "2.0", id: 1, method: "initialize", params: {} };
    expect((await send(url(), "POST", "/mcp", { body })).status).toBe(401);
  });

  it("REST points to the document of its own host", async () => {
    const answer = await send(url(), "GET", "/v1/me");
    expect(answer.headers.get("www-authenticate")).toContain(
      'resource_metadata="https://api.example.org/.well-known/oauth-protected-resource"',
    );
  });
});

describe("attack 34: addresses in answers", () => {
  it("are the configured ones, whatever Host and X-Forwarded-Host say", async () => {
    const text = await sendLines(["Host: evil.example", "X-Forwarded-Host: evil.example", "X-Forwarded-Proto: http"]);
    expect(text).toContain("401");
    expect(text).toContain("https://api.example.org/.well-known/oauth-protected-resource");
    expect(text).not.toContain("evil.example");
  });
});

describe("a credential that is not valid", () => {
  it("attack 4: BER-04, BER-18: unknown, revoked, expired, replaced, malformed and a foreign token look the same", async () => {
    const past = new Date(Date.now() - 1_000);
    const other = await insertUser();
    await db().user.update({ where: { id: other.id }, data: { disabledAt: past } });
    const bad = {
      unknown: generateKey(),
      checksum: `${generateKey().slice(0, -1)}-`,
      revoked: (await insertKey(userId, "mcp", { revokedAt: past })).key,
      expired: (await insertKey(userId, "mcp", { expiresAt: past })).key,
      replaced: (await insertKey(userId, "mcp", { rotatedAt: past, graceEndsAt: past })).key,
      disabled: (await insertKey(other.id)).key,
      token: "eyJhbGciOiJub25lIn0.e30.",
      short: "psy_x",
    };
    const seen = new Set<string>();
    for (const value of [...Object.values(bad), ...Object.values(bad)]) {
      const answer = await send(url(), "POST", "/mcp", { key: value, body: {} });
      const { request_id: _id, ...body } = answer.json;
      const headers = [...answer.headers].filter(([name]) => !["x-request-id", "date"].includes(name));
      seen.add(
        JSON.stringify([
          answer.status,
          body,
          headers.map(([name, text]) => (name === "content-length" ? "" : [name, text])),
        ]),
      );
    }
    expect([...seen]).toHaveLength(1);
    const [one = ""] = seen;
    expect(one).toContain("401");
    expect(one).toContain('error=\\"invalid_token\\"');
    expect(one).not.toContain(userId);
  });

  it("attack 3: a key that is cut, extended or changed at any position is refused", async () => {
    const changed = [key.slice(0, -1), `${key}0`, key.toUpperCase(), ` ${key.slice(1)}`];
    for (let index = 0; index < key.length; index += 7) {
      changed.push(`${key.slice(0, index)}${key[index] === "a" ? "b" : "a"}${key.slice(index + 1)}`);
    }
    for (const value of changed) expect((await send(url(), "GET", "/v1/me", { key: value })).status).toBe(401);
  });

  it("a variable that was not expanded is told so", async () => {
    const answer = await send(url(), "GET", "/v1/me", { key: "${PENSYVE_API_KEY}" });
    expect(answer).toMatchObject({ status: 401, json: { error: "variable_not_expanded" } });
  });
});

describe("attack 28: one credential, in one place", () => {
  it("BER-06: a key in the query string or in a form is never accepted", async () => {
    expect((await send(url(), "GET", `/v1/me?access_token=${key}`)).status).toBe(401);
    const form = { "content-type": "application/x-www-form-urlencoded" };
    expect((await send(url(), "POST", "/v1/recall", { body: `access_token=${key}`, headers: form })).status).toBe(401);
    const both = await send(url(), "GET", `/v1/me?access_token=${key}`, { key });
    expect(both).toMatchObject({ status: 400, json: { error: "invalid_request" } });
    expect(both.headers.get("www-authenticate")).toContain('error="invalid_request"');
  });

  it("BER-07: two credentials are refused, whichever they are", async () => {
    const other = generateKey();
    expect(await raw([`Authorization: Bearer ${key}`, `Authorization: Bearer ${other}`])).toBe(400);
    expect(await raw([`Authorization: Bearer ${key}`, `Authorization: Bearer ${key}`])).toBe(400);
    expect(await raw([`Authorization: Bearer ${key}`, `X-Pensyve-Key: ${other}`])).toBe(400);
    expect(await raw([`Authorization: Bearer ${key}, Bearer ${other}`])).toBe(401);
    expect(await raw([`Authorization: Bearer ${key} ${other}`])).toBe(401);
  });

  it("BER-08: the scheme's case and the spaces around do not matter; other schemes do", async () => {
    expect(await raw([`Authorization:   bearer   ${key}  `])).toBe(200);
    expect(await raw([`authorization: BEARER ${key}`])).toBe(200);
    expect(await raw([`X-Pensyve-Key: ${key}`])).toBe(200);
    expect(await raw([`Authorization: Basic ${key}`])).toBe(401);
    expect(await raw([`Authorization: ${key}`])).toBe(401);
    expect(await raw(["Authorization: Bearer "])).toBe(401);
  });
});

describe("with a valid key", () => {
  it("BER-11 S13: no path, method, version or body leads to 401", async () => {
    const paths = [
      "/mcp",
      "/mcp/",
      "/mcp/x",
      "/v1",
      "/v1/",
      "/v1/nothing",
      "/v1/entities/%",
      ...OPERATIONS.flatMap(({ routes }) => routes.map(({ path }) => path)),
    ];
    for (const path of paths) {
      for (const method of ["GET", "POST", "DELETE", "PUT", "OPTIONS"]) {
        const headers = { "mcp-protocol-version": "1999-01-01", "content-type": "text/plain" };
        const answer = await send(url(), method, path, { key, headers, ...(method === "POST" ? { body: "{" } : {}) });
        expect([method, path, answer.status]).toEqual([
          method,
          path,
          expect.toSatisfy((status) => status !== 401 && status < 500),
        ]);
        if (answer.status >= 400) expect(answer.text).toMatch(/^\{/);
      }
    }
  });

  it("BER-17: nothing may be stored on the way", async () => {
    for (const path of ["/v1/me", "/v1/nothing", "/mcp"]) {
      expect((await send(url(), "GET", path, { key })).headers.get("cache-control")).toBe("no-store");
    }
  });

  it("attack 1: BER-15: whose data it is comes from the key, whatever the request says", async () => {
    const victim = await insertUser();
    const forged = {
      userId: victim.id,
      user_id: victim.id,
      ownerId: victim.id,
      owner: victim.id,
      sub: victim.id,
      scope: "mcp",
    };
    const body = { entity: "e", fact: "is mine", ...forged, _meta: forged };
    const headers = { "x-user-id": victim.id, "x-pensyve-user": victim.id };
    expect((await send(url(), "POST", `/v1/remember?user_id=${victim.id}`, { key, body, headers })).status).toBe(201);
    const call = { name: "pensyve_remember", arguments: body, _meta: forged };
    await send(url(), "POST", "/mcp", {
      key,
      headers,
      body: { jsonrpc: "2.0", id: 1, method: "tools/call", params: call },
    });
    expect(await db().memory.count({ where: { userId: victim.id } })).toBe(0);
    expect(await db().memory.count({ where: { userId } })).toBe(2);
  });
});

describe("browsers", () => {
  const origin = (value: string) => ({ key, headers: { origin: value } });

  it("attack 35: BER-16, LEG-08: a page of an origin that is not listed is refused, with a valid key too", async () => {
    for (const value of [
      "https://evil.example",
      "null",
      "http://localhost.evil.example",
      "http://127.0.0.1.evil.example:80",
      "https://app.example.org.evil.example",
    ]) {
      for (const path of ["/v1/me", "/mcp"]) {
        const answer = await send(url(), "GET", path, origin(value));
        expect([value, answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([value, 403, null]);
      }
    }
  });

  it("listed, loopback and editor origins may read the answer", async () => {
    for (const value of [
      "https://app.example.org",
      "http://localhost:5173",
      "http://127.0.0.1:8080",
      "http://[::1]:9",
      "vscode-webview://abc",
    ]) {
      const answer = await send(url(), "GET", "/v1/me", origin(value));
      expect([answer.status, answer.headers.get("access-control-allow-origin"), answer.headers.get("vary")]).toEqual([
        200,
        value,
        "Origin",
      ]);
      expect(answer.headers.get("access-control-expose-headers")).toContain("WWW-Authenticate");
      expect(answer.headers.get("access-control-allow-credentials")).toBeNull();
    }
  });

  it("BER-03: a preflight is answered with 204, without a credential", async () => {
    const headers = {
      origin: "http://localhost:6274",
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization, content-type, mcp-protocol-version",
    };
    const answer = await send(url(), "OPTIONS", "/mcp", { headers });
    expect([answer.status, answer.text]).toEqual([204, ""]);
    expect(answer.headers.get("access-control-allow-origin")).toBe("http://localhost:6274");
    expect(answer.headers.get("access-control-allow-methods")).toContain("POST");
    const allowed = answer.headers.get("access-control-allow-headers")?.toLowerCase() ?? "";
    for (const name of ["authorization", "content-type", "mcp-protocol-version", "mcp-session-id"])
      expect(allowed).toContain(name);
    expect(
      (await send(url(), "OPTIONS", "/mcp", { headers: { ...headers, origin: "https://evil.example" } })).status,
    ).toBe(403);
  });

  it("the answer to a refused credential can be read too", async () => {
    const answer = await send(url(), "GET", "/mcp", { headers: { origin: "http://localhost:6274" } });
    expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([401, "http://localhost:6274"]);
  });
});

describe("the first connection", () => {
  it("BER-09: the scope that the first challenge names allows every operation; nobody has to ask twice", async () => {
    for (const path of ["/mcp", "/v1/me"]) {
      const header = (await send(url(), "GET", path)).headers.get("www-authenticate") ?? "";
      const scope = /scope="([^"]*)"/.exec(header)?.[1] ?? "";
      expect(OPERATIONS.filter(({ access }) => !scopeAllows(scope, access))).toEqual([]);
    }
  });
});
