import fc from "fast-check";
import { expect, test } from "vitest";
import { db } from "#lib/db.ts";
import { testAuthorizationServer } from "#test/authorization-server.ts";
import { testDatabase } from "#test/database.ts";

testDatabase();
const server = testAuthorizationServer({ TRUST_PROXY: "1" });

const FIELDS = [
  "redirect_uris",
  "client_name",
  "grant_types",
  "response_types",
  "scope",
  "application_type",
  "token_endpoint_auth_method",
  "token_endpoint_auth_signing_alg",
  "jwks",
  "jwks_uri",
  "logo_uri",
  "client_uri",
  "require_pushed_authorization_requests",
  "dpop_bound_access_tokens",
  "client_id",
  "is_resource_server",
  "subject_type",
  "sector_identifier_uri",
  "__proto__",
  "constructor",
];
const uri = fc.oneof(
  fc.webUrl(),
  fc.constantFrom(
    "http://127.0.0.1/cb",
    "cursor://x/y",
    "javascript:alert(1)",
    "https://a.example/#x",
    "http://[::1",
    "",
  ),
  fc.string(),
);
const value = fc.oneof(
  fc.array(uri, { maxLength: 25 }),
  fc.constantFrom("none", "native", "web", "private_key_jwt", "client_secret_jwt", "self_signed_tls_client_auth"),
  fc.array(fc.constantFrom("code", "token", "authorization_code", "refresh_token", "client_credentials")),
  fc.record({ keys: fc.array(fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 }), { maxLength: 2 }) }),
  fc.jsonValue(),
);
const metadata = fc
  .array(fc.tuple(fc.constantFrom(...FIELDS), value), { maxLength: 8 })
  .map((pairs) => `{${pairs.map(([name, each]) => `${JSON.stringify(name)}:${JSON.stringify(each)}`).join(",")}}`);
const body = fc.oneof({ arbitrary: metadata, weight: 5 }, fc.json(), fc.string());

test("REG-06 REG-11 REG-14 attack 19 attack 20 attack 27: whatever is registered is a safe client or 400 in JSON, never a failure of ours", async () => {
  let addresses = 0;
  await fc.assert(
    fc.asyncProperty(body, async (text) => {
      addresses += 1;
      const response = await fetch(`${server.url()}/oauth/register`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-forwarded-for": `198.18.${addresses % 200}.1` },
        body: text,
      });
      const json = (await response.json()) as Record<string, unknown>;
      expect([text, response.status]).toEqual([text, expect.toBeOneOf([201, 400])]);
      if (response.status === 400) {
        expect(json["error"]).toMatch(/^invalid_(client_metadata|redirect_uri|request)$/);
        return;
      }
      expect(json["client_id"]).toMatch(/^psc_/);
      for (const registered of json["redirect_uris"] as string[]) {
        expect(registered).not.toMatch(/^(javascript|data|file|blob|vbscript|about):|#/i);
      }
      for (const type of json["grant_types"] as string[]) {
        expect(["authorization_code", "refresh_token"]).toContain(type);
      }
    }),
    { numRuns: 500 },
  );
  expect(await db().oAuthClient.count({ where: { isResourceServer: true } })).toBe(0);
}, 60_000);
