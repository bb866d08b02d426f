import fc from "fast-check";
import { expect, test } from "vitest";
import { db } from "#lib/db.ts";
import { testAuthorizationServer } from "#test/authorization-server.ts";
import { testDatabase } from "#test/database.ts";
import { isStorable } from "./storable-text.ts";

testDatabase();
const server = testAuthorizationServer();

test.each([
  ["logo_uri", { logo_uri: "https://a.example/\0" }],
  ["redirect_uris", { redirect_uris: ["https://a.example/\0"] }],
  ["client_name", { client_name: "half \ud800 a pair" }],
  ["scope", { scope: "mcp \ud800" }],
  ["jwks", { jwks: { keys: [{ kty: "OKP", crv: "Ed25519", x: "a", kid: "\0" }] } }],
  ["a name in jwks", { jwks: { keys: [{ "\0": "a" }] } }],
])(
  "attack 27: text that cannot be kept in %s is 400 invalid_client_metadata, never a failure of ours",
  async (_, metadata) => {
    const before = await db().oAuthClient.count();
    const { status, json } = await server.register(metadata);
    expect([status, (json as Record<string, unknown>)["error"]]).toEqual([400, "invalid_client_metadata"]);
    expect(await db().oAuthClient.count()).toBe(before);
  },
);

test("attack 27: metadata that is nested too deep is 400 invalid_client_metadata, never a failure of ours", async () => {
  for (const depth of [40, 7_000]) {
    const response = await fetch(`${server.url()}/oauth/register`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: `{"redirect_uris":["https://a.example/cb"],"jwks":${"[".repeat(depth)}${"]".repeat(depth)}}`,
    });
    expect([response.status, (await response.json()).error]).toEqual([400, "invalid_client_metadata"]);
  }
});

test("attack 27: whatever counts as storable, PostgreSQL takes and gives back", async () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("\0", "\ud800", "a\udc00", "\\u0000", "\ud83d\ude00"),
  );
  const value = fc.oneof(text, fc.array(text), fc.dictionary(text, fc.array(text)));
  await fc.assert(
    fc.asyncProperty(value, async (each) => {
      const json = JSON.stringify(each);
      const taken = await db().$queryRaw<{ value: unknown }[]>`SELECT ${json}::jsonb AS value`.then(
        ([row]) => row?.value,
        () => "refused",
      );
      if (isStorable(each)) expect(JSON.stringify(sorted(taken))).toBe(JSON.stringify(sorted(each)));
      else expect(taken).toBe("refused");
    }),
    { numRuns: 200 },
  );
});

/** The database keeps names in an order of its own. */
function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
}
