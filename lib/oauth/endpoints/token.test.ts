import { randomBytes } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { db } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { type Answer, testAuthorizationServer } from "#test/authorization-server.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { countFailure, secondsToWait } from "../token-failures.ts";

testDatabase();
const server = testAuthorizationServer();
let userId = "";

const register = async (metadata: Record<string, unknown> = {}) =>
  (await server.register({ client_name: newId(), ...metadata })).json;
const basic = (name: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${encodeURIComponent(name)}:${encodeURIComponent(secret)}`).toString("base64")}`,
});
const token = (form: Record<string, string | string[]>, headers: Record<string, string> = {}) =>
  server.post("/oauth/token", form, headers);
const notMade = { grant_type: "refresh_token", refresh_token: "psr_nobody-made-this" };

beforeAll(async () => {
  userId = (await insertUser()).id;
});

/** An error in JSON that nobody may keep. */
function expectError(answer: Answer, status: number, error: string): void {
  expect([answer.status, answer.json["error"]]).toEqual([status, error]);
  expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
  expect(answer.headers.get("cache-control")).toBe("no-store");
}

describe("answers", () => {
  test("TOK-01 TOK-02 attack 24: tokens, not to be stored, without null members; always a refresh token for a client of that grant type", async () => {
    const { client_id } = await register();
    for (const scope of ["mcp", "mcp openid", "mcp offline_access"]) {
      const { code, verifier } = await server.authorize({ clientId: client_id, userId, parameters: { scope } });
      const first = await server.exchange(client_id, code, verifier);
      const second = await server.refresh(client_id, first.json.refresh_token);
      for (const { status, headers, json } of [first, second]) {
        expect(status).toBe(200);
        expect(headers.get("content-type")).toMatch(/^application\/json/);
        expect(headers.get("cache-control")).toBe("no-store");
        expect(json).toMatchObject({ token_type: "Bearer", scope: "mcp", expires_in: 3600 });
        expect(json.refresh_token).toMatch(/^psr_[\w-]{43}$/);
        expect(Object.values(json)).not.toContain(null);
      }
    }
  });

  test("TOK-02: a client that did not register the grant type gets no refresh token", async () => {
    const { client_id } = await register({ grant_types: ["authorization_code"] });
    const { code, verifier } = await server.authorize({ clientId: client_id, userId });
    const { status, json } = await server.exchange(client_id, code, verifier);
    expect([status, "refresh_token" in json]).toEqual([200, false]);
  });

  test("TOK-03: a body that is no form is invalid_request", async () => {
    for (const type of ["application/json", "text/plain", "multipart/form-data; boundary=x"]) {
      const response = await fetch(`${server.url()}/oauth/token`, {
        method: "POST",
        headers: { "content-type": type },
        body: JSON.stringify({ grant_type: "authorization_code", client_id: "x", code: "y" }),
      });
      expect([response.status, (await response.json()).error]).toEqual([400, "invalid_request"]);
    }
  });

  test("TOK-04 S11: a client that is unknown, or was removed, gets 401 invalid_client", async () => {
    expectError(await token({ ...notMade, client_id: "psc_unknown" }), 401, "invalid_client");
    const { clientId, refresh_token } = await server.connect(userId, { clientId: (await register()).client_id });
    await db().oAuthClient.delete({ where: { id: clientId } });
    expectError(
      await token({ grant_type: "refresh_token", refresh_token, client_id: clientId }),
      401,
      "invalid_client",
    );
  });

  test("TOK-06: an unknown grant type is unsupported_grant_type, one that the client did not register unauthorized_client", async () => {
    const { client_id } = await register({ grant_types: ["authorization_code"] });
    for (const grant_type of ["password", "implicit", "client_credentials", "urn:example:grant"]) {
      expectError(await token({ grant_type, client_id }), 400, "unsupported_grant_type");
    }
    expectError(await token({ ...notMade, client_id }), 400, "unauthorized_client");
    expectError(await token({ client_id }), 400, "invalid_request");
  });

  test("TOK-08: another method is 405 with Allow", async () => {
    for (const method of ["GET", "HEAD", "PUT", "DELETE", "PATCH"]) {
      const response = await fetch(`${server.url()}/oauth/token`, { method });
      expect([response.status, response.headers.get("allow")]).toEqual([405, "POST, OPTIONS"]);
    }
  });

  test("TOK-07: a page of any origin may call it and read the answer, be it tokens or an error, after a preflight", async () => {
    const { client_id, ...client } = await register();
    expect(client.client_secret).toBeUndefined();
    const { code, verifier } = await server.authorize({ clientId: client_id, userId });
    for (const origin of ["https://inspector.example", "http://localhost:6274", "null", "vscode-webview://x"]) {
      const preflight = await fetch(`${server.url()}/oauth/token`, {
        method: "OPTIONS",
        headers: {
          origin,
          "access-control-request-method": "POST",
          "access-control-request-headers": "authorization,content-type,mcp-protocol-version,dpop",
        },
      });
      expect(preflight.status).toBe(204);
      expect(preflight.headers.get("access-control-allow-origin")).toBe("*");
      expect(preflight.headers.get("access-control-allow-methods")).toContain("POST");
      expect(preflight.headers.get("access-control-allow-headers")?.toLowerCase()).toContain("authorization");
      const failed = [
        await token({ ...notMade, client_id }, { origin }),
        await token({ ...notMade, client_id: "psc_unknown" }, { origin }),
        await token({}, { origin }),
      ];
      for (const { headers } of failed) expect(headers.get("access-control-allow-origin")).toBe("*");
    }
    const form = { code_verifier: verifier, redirect_uri: "http://127.0.0.1/callback", code, client_id };
    const won = await token({ grant_type: "authorization_code", ...form }, { origin: "https://inspector.example" });
    expect([won.status, won.headers.get("access-control-allow-origin")]).toEqual([200, "*"]);
    expect(won.headers.has("access-control-allow-credentials")).toBe(false);
  });

  test("TOK-12: no cookie, no Origin and no browser is needed; what a browser adds does not matter; errors are JSON for it too", async () => {
    const { client_id } = await register();
    for (const headers of [
      { "user-agent": "" },
      { "user-agent": "curl/8.0", accept: "*/*" },
      {
        accept: "text/html",
        "sec-fetch-site": "cross-site",
        "sec-fetch-mode": "navigate",
        cookie: "a=b; pensyve-oauth=x",
      },
    ]) {
      const { code, verifier } = await server.authorize({ clientId: client_id, userId });
      const form = { code, code_verifier: verifier, redirect_uri: "http://127.0.0.1/callback", client_id };
      expect((await token({ grant_type: "authorization_code", ...form }, headers)).status).toBe(200);
      expectError(await token({ ...notMade, client_id }, headers), 400, "invalid_grant");
    }
  });
});

describe("client authentication", () => {
  test.each(["client_secret_basic", "client_secret_post"])(
    "TOK-10: the secret in either place, registered for %s",
    async (method) => {
      const { client_id, client_secret = "" } = await register({ token_endpoint_auth_method: method });
      expectError(await token(notMade, basic(client_id, client_secret)), 400, "invalid_grant");
      expectError(await token({ ...notMade, client_id, client_secret }), 400, "invalid_grant");
    },
  );

  test("TOK-10 attack 28: two authentications in one request are refused, whichever are right", async () => {
    const { client_id, client_secret = "" } = await register({ token_endpoint_auth_method: "client_secret_basic" });
    const wrong = randomBytes(16).toString("hex");
    for (const [header, posted] of [
      [client_secret, client_secret],
      [client_secret, wrong],
      [wrong, client_secret],
    ] as const) {
      const answer = await token({ ...notMade, client_id, client_secret: posted }, basic(client_id, header));
      expectError(answer, 400, "invalid_request");
    }
    const other = (await register()).client_id;
    expectError(await token({ ...notMade, client_id: other }, basic(client_id, client_secret)), 400, "invalid_request");
    const twice = { ...notMade, client_id, client_secret: [client_secret, client_secret] };
    expectError(await token(twice), 400, "invalid_request");
  });

  test("TOK-10 attack 15: a client with a secret cannot go without it, a public one cannot come with one", async () => {
    const { client_id, client_secret = "" } = await register({ token_endpoint_auth_method: "client_secret_post" });
    const wrong = randomBytes(32).toString("base64url");
    expectError(await token({ ...notMade, client_id }), 401, "invalid_client");
    expectError(await token({ ...notMade, client_id, client_secret: wrong }), 401, "invalid_client");
    expectError(
      await token({ ...notMade, client_id, client_secret: client_secret.slice(0, -1) }),
      401,
      "invalid_client",
    );
    const failed = await token(notMade, basic(client_id, wrong));
    expectError(failed, 401, "invalid_client");
    expect(failed.headers.get("www-authenticate")).toMatch(/^Basic /);
    const open = (await register()).client_id;
    expectError(await token({ ...notMade, client_id: open, client_secret: wrong }), 401, "invalid_client");
    expectError(await token(notMade, basic(open, wrong)), 401, "invalid_client");
  });

  test("TOK-04 attack 28: a token, or a secret in the query, authenticates nobody", async () => {
    const { client_id, client_secret = "" } = await register({ token_endpoint_auth_method: "client_secret_post" });
    const query = new URLSearchParams({ client_id, client_secret, ...notMade });
    expectError(await server.post(`/oauth/token?${query}`, {}), 400, "invalid_request");
    expectError(await token({ ...notMade, client_id }, { authorization: "Bearer x" }), 400, "invalid_request");
  });
});

describe("TOK-13: who fails too often waits", () => {
  test("120 failures of a client in a minute, and it is 429 with Retry-After for it, its right guesses too; others go on", async () => {
    const { client_id, client_secret = "" } = await register({ token_endpoint_auth_method: "client_secret_basic" });
    const other = (await register()).client_id;
    // The minute turns for everybody at once: begin in its first part.
    const left = 60_000 - (Date.now() % 60_000);
    if (left < 10_000) await new Promise((resolve) => setTimeout(resolve, left));
    for (let sent = 0; sent < 120; sent += 1) {
      // Several spellings of one name are one client.
      const name = client_id.replace("psc", sent % 2 ? "psc" : "p%73c");
      const authorization = `Basic ${Buffer.from(`${name}:wrong`).toString("base64")}`;
      expect((await token(notMade, { authorization })).status).toBe(401);
    }
    const slowed = await token(notMade, basic(client_id, client_secret));
    expectError(slowed, 429, "slow_down");
    expect(Number(slowed.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(Number(slowed.headers.get("retry-after"))).toBeLessThanOrEqual(60);
    expect(slowed.headers.get("access-control-allow-origin")).toBe("*");
    expectError(await token({ ...notMade, client_id: other }), 400, "invalid_grant");
  });

  test("each address counts for itself, and a new minute begins anew", () => {
    const minute = 60_000 * 1_000_000;
    const caller = "203.0.113.9 client";
    for (let failed = 0; failed < 120; failed += 1) {
      expect(secondsToWait(caller, minute)).toBe(0);
      countFailure(caller, minute);
    }
    expect(secondsToWait(caller, minute + 1_000)).toBe(59);
    expect(secondsToWait("203.0.113.10 client", minute)).toBe(0);
    expect(secondsToWait(caller, minute + 60_000)).toBe(0);
  });
});
