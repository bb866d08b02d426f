import { expect, test } from "vitest";
import { testAuthorizationServer } from "#test/authorization-server.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { documentHost } from "#test/document-host.ts";

testDatabase();
const host = documentHost();
const server = testAuthorizationServer({ CIMD: "off" }, host.fetch);

test("CIM-13: switched off, documents leave the metadata, and none is fetched", async () => {
  const metadata = await (await fetch(`${server.url()}/.well-known/oauth-authorization-server`)).json();
  expect(metadata).not.toHaveProperty("client_id_metadata_document_supported");
  const id = "https://claude.ai/oauth/claude-code-client-metadata";
  const user = await insertUser();
  await expect(server.authorize({ clientId: id, userId: user.id })).rejects.toThrow("No consent page: 400");
  expect(host.asked(id)).toBe(0);
});
