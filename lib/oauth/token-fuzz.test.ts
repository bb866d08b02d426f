import { request } from "node:http";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { newId } from "#lib/ids.ts";
import { testAuthorizationServer } from "#test/authorization-server.ts";
import { insertUser, testDatabase } from "#test/database.ts";

testDatabase();
const server = testAuthorizationServer();
let clientId = "";
let secret: { client_id: string; client_secret?: string };
let refreshToken = "";

beforeAll(async () => {
  clientId = (await server.register({ client_name: newId() })).json.client_id;
  secret = (await server.register({ client_name: newId(), token_endpoint_auth_method: "client_secret_basic" })).json;
  refreshToken = (await server.connect((await insertUser()).id, { clientId })).refresh_token;
});

type Sent = { status: number; type: string; text: string };
/** Bytes as they are: fetch would mend them. */
function send(
  path: string,
  method: string,
  headers: Record<string, string | string[]>,
  body: Uint8Array,
): Promise<Sent> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(server.url());
    const outgoing = request(
      { hostname, port, path, method, headers: { host: new URL(server.url()).host, ...headers } },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("error", reject);
        incoming.on("end", () => {
          const type = incoming.headers["content-type"] ?? "";
          resolve({ status: incoming.statusCode ?? 0, type, text: Buffer.concat(chunks).toString("utf8") });
        });
      },
    );
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

const FORM = "application/x-www-form-urlencoded";
const NAMES = [
  "grant_type",
  "client_id",
  "client_secret",
  "client_assertion",
  "client_assertion_type",
  "code",
  "code_verifier",
  "redirect_uri",
  "refresh_token",
  "scope",
  "resource",
  "device_code",
  "a[]",
  "a[0]",
  "resource[]",
  "__proto__",
  "constructor",
  "toString",
  "",
];
const VALUES = [
  "authorization_code",
  "refresh_token",
  "urn:ietf:params:oauth:grant-type:device_code",
  "implicit",
  "__proto__",
  "constructor",
  "",
  "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
  "eyJhbGciOiJub25lIn0.e30.",
  "mcp",
  "mcp:read openid",
  "http://127.0.0.1/callback",
  "null",
  "undefined",
  "[object Object]",
];
const text = fc.oneof(
  fc.constantFrom(...VALUES),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom(
    "%",
    "%zz",
    "%ff%fe",
    "%00",
    "%u0041",
    "a\u0000b",
    "ü",
    "\ud83d",
    "x".repeat(20_000),
    "=".repeat(100),
    "&&&",
  ),
  fc.constantFrom("known client", "known token", "known secret"),
);
/** Looked up late: they are known when the server runs. */
function known(value: string): string {
  if (value === "known client") return clientId;
  if (value === "known token") return refreshToken;
  return value === "known secret" ? (secret.client_secret ?? "") : value;
}
const pair = fc.tuple(fc.constantFrom(...NAMES), text, fc.boolean()).map(([name, value, isEncoded]) => () => {
  const actual = known(value);
  return isEncoded ? `${encode(name)}=${encode(actual)}` : `${name}=${actual}`;
});
const form = fc.array(pair, { maxLength: 8 }).map((pairs) => () => Buffer.from(pairs.map((each) => each()).join("&")));
const body = fc.oneof(
  form,
  fc.uint8Array({ maxLength: 200 }).map((bytes) => () => Buffer.from(bytes)),
);
const contentType = fc.oneof(
  { arbitrary: fc.constant(FORM), weight: 8 },
  {
    arbitrary: fc.constantFrom(
      `${FORM}; charset=utf-8`,
      `${FORM};charset=utf-16le`,
      `${FORM}; charset=nonsense`,
      FORM.toUpperCase(),
      "application/json",
      "multipart/form-data",
      "",
    ),
    weight: 2,
  },
);
const authorization = fc.oneof(
  { arbitrary: fc.constant(undefined), weight: 4 },
  {
    arbitrary: fc.oneof(
      fc.uint8Array({ maxLength: 40 }).map((bytes) => `Basic ${Buffer.from(bytes).toString("base64")}`),
      fc.constantFrom(
        "Basic",
        "Basic ",
        "basic  eA==",
        "Basic ====",
        "Basic Og==",
        "Basic JTo=",
        "Basic JWZmOnh4",
        "Basic eA",
        "Bearer x",
        "DPoP x",
        ",",
        "Basic a:b",
        "Basic eDp5, Basic eDp5",
      ),
      fc.stringMatching(/^[\x20-\x7e]{0,30}$/),
    ),
    weight: 6,
  },
);

function encode(value: string): string {
  return encodeURIComponent(value.toWellFormed());
}

describe("attack 27 TOK-03 TOK-05: whatever is sent", () => {
  test("to the token endpoint, the answer is JSON with an error, and never a failure of ours", async () => {
    await fc.assert(
      fc.asyncProperty(body, contentType, authorization, async (make, type, credential) => {
        const headers = { "content-type": type, ...(credential === undefined ? {} : { authorization: credential }) };
        const answer = await send("/oauth/token", "POST", headers, make());
        if (answer.status === 200) {
          // The known client with its token, by chance.
          expect(JSON.parse(answer.text)).toMatchObject({ token_type: "Bearer" });
          return;
        }
        expect([400, 401, 413, 429]).toContain(answer.status);
        expect(answer.type).toMatch(/^application\/json/);
        expect(JSON.parse(answer.text)).toMatchObject({ error: expect.stringMatching(/^[a-z_]+$/) });
      }),
      { numRuns: 500 },
    );
  });

  test("to the authorization endpoint, in a query or posted, it is a redirect or an error of the request", async () => {
    await fc.assert(
      fc.asyncProperty(body, fc.constantFrom("GET", "POST"), contentType, async (make, method, type) => {
        const bytes = make();
        // A request line takes visible ASCII only; the rest cannot be sent by any client.
        const query = bytes
          .toString("latin1")
          .replace(/[^\x21-\x7e]|#/g, "")
          .slice(0, 8_000);
        const path = method === "GET" ? `/oauth/authorize?${query}` : "/oauth/authorize";
        const headers = { accept: "application/json", ...(method === "POST" ? { "content-type": type } : {}) };
        const answer = await send(path, method, headers, method === "POST" ? bytes : Buffer.alloc(0));
        expect([303, 400, 413]).toContain(answer.status);
        if (answer.status !== 303) expect(JSON.parse(answer.text)).toMatchObject({ error: expect.any(String) });
      }),
      { numRuns: 300 },
    );
  });
});

test.each<[string, Record<string, string | string[]>, string]>([
  ["an empty body", { "content-type": FORM }, ""],
  ["no body and no type", {}, ""],
  ["sparse arrays", { "content-type": FORM }, "a[]=1&a[5]=2&grant_type[]=refresh_token&client_id[]=x"],
  ["a thousand parameters", { "content-type": FORM }, Array.from({ length: 1_500 }, (_, at) => `p${at}=1`).join("&")],
  ["a value of 50 KB", { "content-type": FORM }, `grant_type=refresh_token&client_id=${"x".repeat(50_000)}`],
  ["slashes without end as resource", { "content-type": FORM }, `resource=http://localhost/${"/".repeat(50_000)}x`],
  ["a body of 70 KB", { "content-type": FORM }, `x=${"y".repeat(70_000)}`],
  ["a type with a parameter that is none", { "content-type": `${FORM}; charset` }, "grant_type=refresh_token"],
  ["Basic without a colon", { "content-type": FORM, authorization: "Basic eHl6" }, "grant_type=refresh_token"],
  ["Basic with broken encoding", { "content-type": FORM, authorization: "Basic JXp6Ong=" }, "grant_type=refresh_token"],
])("attack 27: %s", async (_name, headers, content) => {
  const answer = await send("/oauth/token", "POST", headers, Buffer.from(content));
  expect([400, 401, 413]).toContain(answer.status);
  expect(JSON.parse(answer.text)).toMatchObject({ error: expect.stringMatching(/^invalid_(request|client)$/) });
});

test("attack 27: a caller that goes away in the middle of its form harms nobody", async () => {
  for (let caller = 0; caller < 20; caller += 1) {
    await new Promise<void>((resolve) => {
      const { hostname, port, host } = new URL(server.url());
      const headers = { host, "content-type": FORM, "content-length": "1000" };
      const outgoing = request({ hostname, port, path: "/oauth/token", method: "POST", headers });
      outgoing.on("error", () => resolve());
      outgoing.on("close", () => resolve());
      outgoing.write("grant_type=refresh_token&", () => outgoing.destroy());
    });
  }
  expect((await server.refresh(clientId, "psr_nobody-made-this")).status).toBe(400);
});
