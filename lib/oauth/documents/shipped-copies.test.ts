import { expect, test } from "vitest";
import { db } from "#lib/db.ts";
import { testAuthorizationServer } from "#test/authorization-server.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { documentHost } from "#test/document-host.ts";
import { sendRpc } from "#test/gateway.ts";
import { SHIPPED_COPIES } from "./shipped-copies.ts";

testDatabase();
const host = documentHost();
const server = testAuthorizationServer({}, host.fetch);

/** As the client asks: on loopback with a port of its own. */
function askedUri(registered: string): string {
  const url = new URL(registered);
  if (url.protocol === "http:") url.port = "49152";
  return url.href;
}

test.each(SHIPPED_COPIES.map((copy) => [copy.document.client_name, copy] as const))(
  "CIM-01: without a network, %s connects with the copy of its document that is shipped, from each of its redirect URIs",
  async (_name, { asOf, document }) => {
    expect(asOf).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    host.disconnect();
    const user = await insertUser();
    for (const registered of document.redirect_uris) {
      const parameters = { redirect_uri: askedUri(registered) };
      const tokens = await server.connect(user.id, { clientId: document.client_id, parameters });
      expect((await sendRpc(server.url(), tokens.access_token, "tools/list")).status).toBe(200);
      expect((await server.refresh(document.client_id, tokens.refresh_token)).status).toBe(200);
    }
    // A copy is no answer of the host: it is not kept as one.
    expect(await db().clientDocument.count({ where: { clientId: document.client_id } })).toBe(0);
  },
);

test("CIM-01: as soon as the network answers, what it says counts, and the copy does not", async () => {
  const [copy] = SHIPPED_COPIES;
  if (!copy) throw new Error("no copies");
  const { client_id: clientId } = copy.document;
  const user = await insertUser();
  host.reconnect();
  // Nothing is published there any more.
  await expect(server.authorize({ clientId, userId: user.id })).rejects.toThrow("No consent page: 400");
  host.publish({ ...copy.document, client_name: "Renamed", redirect_uris: ["http://127.0.0.1/new"] });
  const { location } = await server.authorize({
    clientId,
    userId: user.id,
    parameters: { redirect_uri: "http://127.0.0.1:1/new" },
  });
  expect(location.searchParams.get("code")).not.toBeNull();
  await expect(server.authorize({ clientId, userId: user.id })).rejects.toThrow("No consent page: 400");
});
