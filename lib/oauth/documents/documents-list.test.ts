import { expect, test } from "vitest";
import { testAuthorizationServer } from "#test/authorization-server.ts";
import { askAuthorize, authorizeForm } from "#test/authorize-request.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { documentHost } from "#test/document-host.ts";

testDatabase();
const host = documentHost();
const server = testAuthorizationServer({ CIMD: "client.example, Other.example" }, host.fetch);

test.each([
  ["https://client.example/c.json", true],
  ["https://other.example/c.json", true],
  ["https://evil.example/c.json", false],
  ["https://sub.client.example/c.json", false],
  ["https://client.example.evil.example/c.json", false],
  ["https://evil.example/client.example", false],
])("CIM-13: with a list of hosts, the document %s is taken: %s", async (id, isTaken) => {
  host.publish({
    client_id: id,
    client_name: "Client",
    redirect_uris: ["http://127.0.0.1/callback"],
    token_endpoint_auth_method: "none",
  });
  const user = await insertUser();
  const asked = server.authorize({ clientId: id, userId: user.id });
  if (isTaken) expect((await asked).code).not.toBe("");
  else await expect(asked).rejects.toThrow("No consent page: 400");
  expect(host.asked(id) > 0).toBe(isTaken);
});

test("AUT-22: an error of a document whose host the operator named goes to its website as ever", async () => {
  const [client_id, redirect_uri] = ["https://client.example/web.json", "https://client.example/callback"];
  const document = { client_name: "Client", redirect_uris: [redirect_uri], token_endpoint_auth_method: "none" };
  host.publish({ client_id, ...document });
  const form = authorizeForm(server.url(), client_id, { redirect_uri, prompt: "none" });
  const answer = await askAuthorize(server.url(), form, { accept: "text/html" });
  expect([answer.status, answer.location?.origin]).toEqual([303, "https://client.example"]);
});
