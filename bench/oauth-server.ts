import { connectDatabase, db } from "#lib/db.ts";
import { env } from "#lib/env.ts";
import { newId } from "#lib/ids.ts";
import { currentProvider } from "#lib/oauth/provider.ts";
import { startAuthorizationServer } from "#lib/oauth/start-authorization-server.ts";
import { frontDoor } from "#lib/server/front-door.ts";
import { httpServer } from "#lib/server/http-server.ts";
import { REDIRECT_URI, withCodes } from "./oauth-codes.ts";

/** Our authorization server as `npm start` serves it, without pages, with a client and the users that the database has. */
const environment = env();
connectDatabase({ connectionString: environment.databaseUrl });
const authorizationServer = await startAuthorizationServer(environment, (_request, response) => response.end());
const users = await db().user.findMany({ select: { id: true } });
const clientId = "psc_bench";
const metadata = {
  client_id: clientId,
  client_name: "Bench",
  redirect_uris: [REDIRECT_URI],
  token_endpoint_auth_method: "none",
  grant_types: ["authorization_code", "refresh_token"],
  response_types: ["code"],
};
await db().oAuthClient.upsert({
  where: { id: clientId },
  create: { id: clientId, kind: "registered", metadata },
  update: {},
});
const door = frontDoor(environment, {
  gateway: undefined,
  authorizationServer: authorizationServer.handle,
  pages: undefined,
  isReady: () => Promise.resolve(true),
});
const listener = withCodes(door, {
  provider: currentProvider,
  clientId,
  accountIds: users.map(({ id }) => id),
  resource: environment.audience,
  // Consent inserts the row, with the limits of a person in the way; the model then fills it.
  reserveGrant: async (userId) => {
    const id = newId();
    const client = { clientId, clientName: "Bench", trust: "unverified" };
    const expiresAt = new Date(Date.now() + 3_600_000);
    await db().oAuthGrant.create({ data: { id, userId, ...client, scope: "mcp", payload: {}, expiresAt } });
    return id;
  },
});
await httpServer(environment, listener).listen();
