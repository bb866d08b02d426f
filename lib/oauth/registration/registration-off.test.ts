import { expect, test } from "vitest";
import { testAuthorizationServer } from "#test/authorization-server.ts";
import { testDatabase } from "#test/database.ts";

testDatabase();
const server = testAuthorizationServer({ DCR: "off" });

test("REG-13: switched off, registration leaves the metadata and is 404, in JSON that any page may read", async () => {
  const metadata = await (await fetch(`${server.url()}/.well-known/oauth-authorization-server`)).json();
  expect(metadata).not.toHaveProperty("registration_endpoint");
  for (const path of ["/oauth/register", "/oauth/register/psc_x"]) {
    for (const method of ["POST", "GET", "PUT", "DELETE", "OPTIONS"]) {
      const response = await fetch(`${server.url()}${path}`, { method });
      expect([method, response.status]).toEqual([method, 404]);
      expect(response.headers.get("content-type")).toContain("application/json");
      expect(response.headers.get("access-control-allow-origin")).toBe("*");
    }
  }
});
